import RequestClient from 'twilio/lib/base/RequestClient';

/** What came when a Function answered with so many bytes of audio. */
export interface SizeProbe {
  readonly bytes: number;
  readonly status: number;
  /** Whether all of them came. */
  readonly whole: boolean;
}

/** Around what is thought to be the limit: 6 MB of base64, 4.5 MB of audio. */
const SIZES = [1, 2, 3, 4, 4.25, 4.5, 4.75, 5, 6, 8, 10].map((megabytes) => megabytes * 1_000_000);

/** Asks for larger and larger answers until one does not come, or `signal` is aborted. */
export async function probeSizes(origin: string, signal: AbortSignal): Promise<SizeProbe[]> {
  // The library's client goes through HTTP_PROXY where there is one.
  const http = new RequestClient({ timeout: 30_000 });
  const probes: SizeProbe[] = [];
  for (const bytes of SIZES) {
    signal.throwIfAborted();
    const probe = await probeSize(http, origin, bytes);
    probes.push(probe);
    if (!probe.whole) break;
  }
  return probes;
}

async function probeSize(http: RequestClient, origin: string, bytes: number): Promise<SizeProbe> {
  const uri = `${origin}/size?bytes=${bytes}`;
  const { statusCode, body } = await http.request<unknown>({ method: 'get', uri });
  return {
    bytes,
    status: statusCode,
    whole: statusCode === 200 && typeof body === 'string' && body.length === bytes,
  };
}
