import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, Resource } from '@aws-cdk/service-spec-types';
import type { Template } from '../../../sandbox/events/template';
import { isRecord } from '../../../src/record';

const specification = loadAwsServiceSpecSync();

function resourceOf(type: string): Resource | undefined {
  const [resource] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  return resource;
}

/** All that AWS's own description of its resources, and the template's own names, say against it. */
export function problemsOf(template: Template): string[] {
  return [...propertyProblems(template), ...referenceProblems(template)];
}

function propertyProblems({ Resources }: Template): string[] {
  return Object.entries(Resources).flatMap(([name, { Type, Properties }]) => {
    const resource = resourceOf(Type);
    if (!resource) return [`${name}: there is no resource type ${Type}`];
    return fieldProblems(`${name}.Properties`, Properties, resource.properties);
  });
}

type Fields = Readonly<
  Record<string, { readonly type: PropertyType; readonly required?: boolean | undefined }>
>;

function fieldProblems(at: string, value: Record<string, unknown>, fields: Fields): string[] {
  const missing = Object.entries(fields)
    .filter(([name, { required }]) => required && value[name] === undefined)
    .map(([name]) => `${at}: ${name} is missing`);
  const wrong = Object.entries(value).flatMap(([name, item]) => {
    const field = fields[name];
    return field
      ? valueProblems(`${at}.${name}`, item, field.type)
      : [`${at}: there is no property ${name}`];
  });
  return [...missing, ...wrong];
}

function valueProblems(at: string, value: unknown, type: PropertyType): string[] {
  const wanted = (holds: boolean) =>
    holds ? [] : [`${at}: ${JSON.stringify(value)} is no ${type.type}`];
  // Those that the template uses are texts.
  if (isIntrinsic(value) && type.type !== 'union') return wanted(type.type === 'string');
  switch (type.type) {
    case 'string': {
      const { allowedValues } = type;
      if (typeof value === 'string' && allowedValues && !allowedValues.includes(value)) {
        return [`${at}: ${value} is none of ${allowedValues.join(', ')}`];
      }
      return wanted(typeof value === 'string');
    }
    case 'integer':
      return wanted(Number.isInteger(value));
    case 'number':
      return wanted(typeof value === 'number');
    case 'boolean':
      return wanted(typeof value === 'boolean');
    case 'json':
      return wanted(isRecord(value));
    case 'array':
      if (!Array.isArray(value)) return wanted(false);
      return value.flatMap((item, index) => valueProblems(`${at}[${index}]`, item, type.element));
    case 'ref': {
      if (!isRecord(value)) return wanted(false);
      const definition = specification.get('typeDefinition', type.reference);
      return fieldProblems(at, value, definition.properties);
    }
    case 'union': {
      const tries = type.types.map((one) => valueProblems(at, value, one));
      return tries.find((problems) => problems.length === 0) ?? tries.flat();
    }
    default:
      // The template has no other type; one that comes must be looked at.
      return [`${at}: the check does not know ${type.type}`];
  }
}

function isIntrinsic(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name?.startsWith('Fn::') === true);
}

/** Names that lead nowhere, parameters that nothing uses, and resources that wait for each other. */
function referenceProblems({ Parameters, Resources, Outputs }: Template): string[] {
  const used = new Set<string>();
  const problems: string[] = [];
  const follow = (at: string, value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => follow(at, item));
    if (!isRecord(value)) return [];
    if (!isIntrinsic(value)) return Object.values(value).flatMap((item) => follow(at, item));
    const targets = targetsOf(value);
    if (targets.length === 0) problems.push(`${at}: ${JSON.stringify(value)} is not known`);
    for (const { name, attribute } of targets) {
      used.add(name);
      const resource = resourceOf(Resources[name]?.Type ?? '');
      if (attribute === undefined) {
        if (!Resources[name] && !Parameters[name]) problems.push(`${at}: there is no ${name}`);
      } else if (!resource?.attributes[attribute]) {
        problems.push(`${at}: ${name} has no attribute ${attribute}`);
      }
    }
    return targets.map(({ name }) => name);
  };
  const needs = new Map(
    Object.entries(Resources).map(([name, resource]) => {
      const declared = [resource.DependsOn ?? []].flat();
      for (const other of declared) {
        if (typeof other !== 'string' || !Resources[other]) {
          problems.push(`${name}: DependsOn ${other} leads nowhere`);
        }
      }
      return [name, [...follow(name, resource.Properties), ...declared.map(String)]];
    }),
  );
  for (const [name, { Value }] of Object.entries(Outputs)) follow(`Outputs.${name}`, Value);
  for (const name of Object.keys(Parameters)) {
    if (!used.has(name)) problems.push(`Parameters: nothing uses ${name}`);
  }
  for (const name of needs.keys()) {
    if (reaches(name, name, needs)) problems.push(`${name}: it needs itself`);
  }
  return problems;
}

interface Target {
  readonly name: string;
  readonly attribute?: string;
}

/** What a Ref, GetAtt or Sub leads to; nothing for any other. */
function targetsOf(value: Record<string, unknown>): Target[] {
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value;
  if (typeof Ref === 'string') return [{ name: Ref }];
  if (Array.isArray(attribute))
    return [{ name: String(attribute[0]), attribute: String(attribute[1]) }];
  if (typeof text !== 'string') return [];
  return [...text.matchAll(/\$\{([^}]+)\}/g)].map(([, path = '']) => {
    const [name = '', ...rest] = path.split('.');
    return rest.length === 0 ? { name } : { name, attribute: rest.join('.') };
  });
}

function reaches(
  from: string,
  to: string,
  needs: ReadonlyMap<string, readonly string[]>,
  seen = new Set<string>(),
): boolean {
  return (needs.get(from) ?? []).some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return reaches(next, to, needs, seen);
  });
}
