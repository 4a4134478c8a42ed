import { conflict } from '../errors';
import type { Service } from './records';
import { type State, stamp } from './state';

export interface NewService {
  readonly uniqueName: string;
  readonly friendlyName: string;
  readonly includeCredentials: boolean;
  readonly uiEditable: boolean;
}

/** Throws 409 if the unique name is taken. */
export function createService(state: State, input: NewService): Service {
  for (const { uniqueName } of state.services.values()) {
    if (uniqueName === input.uniqueName) {
      throw conflict(`Service with UniqueName ${uniqueName} already exists.`);
    }
  }
  const identity = stamp(state, 'ZS');
  const suffix = 1000 + (state.settings.random(2).readUInt16BE() % 9000);
  const service: Service = {
    ...identity,
    ...input,
    updatedAt: identity.createdAt,
    domainBase: `${input.uniqueName}-${suffix}`,
    environments: new Map(),
    assets: new Map(),
    functions: new Map(),
    builds: new Map(),
  };
  state.services.set(service.sid, service);
  return service;
}

/** The Service by its SID or its unique name. */
export function findService(state: State, sidOrName: string): Service | undefined {
  const bySid = state.services.get(sidOrName);
  if (bySid) return bySid;
  for (const service of state.services.values()) {
    if (service.uniqueName === sidOrName) return service;
  }
  return undefined;
}

export function updateService(
  state: State,
  service: Service,
  changes: Partial<Omit<NewService, 'uniqueName'>>,
): void {
  Object.assign(service, changes);
  service.updatedAt = state.settings.now();
}
