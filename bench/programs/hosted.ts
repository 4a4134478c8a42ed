import * as v from 'valibot';

const schema = v.object({
  functions: v.array(v.object({ path: v.string(), file: v.string() })),
  assets: v.array(
    v.object({ path: v.string(), file: v.string(), access: v.picklist(['public', 'private']) }),
  ),
  variables: v.record(v.string(), v.string()),
  /** Where the runtime finds the `twilio` package. */
  projectDirectory: v.string(),
});

/** What a process of Twilio's runtime hosts. */
export type Hosted = v.InferOutput<typeof schema>;

export function hosted(json: string): Hosted {
  return v.parse(schema, JSON.parse(json));
}
