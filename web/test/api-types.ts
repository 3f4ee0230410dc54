/** TypeScript of the API, made from its description (tests/fixtures/openapi.json). */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly (string | null)[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly const?: string;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** The parts of a description that are read. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const comment = (text: string | undefined, indent: string): string =>
  text === undefined ? '' : `${indent}/** ${text.replace(/\s+/g, ' ').replace('. No `Debug`.', '.')} */\n`;

const name = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const key = (text: string): string => (/^[A-Za-z_]\w*$/.test(text) ? text : `'${text}'`);

function fields(schema: Schema, indent: string): string {
  const within = `${indent}  `;
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).map(([field, one]) => {
    const nullable = !required.has(field);
    return `${comment(one.description, within)}${within}readonly ${key(field)}${nullable ? '?' : ''}: ${type(one, within)};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

const PLAIN: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function ofObject(schema: Schema, indent: string): string {
  if (schema.properties !== undefined) return fields(schema, indent);
  const values = schema.additionalProperties;
  const value = typeof values === 'object' ? type(values, indent) : 'unknown';
  return `Readonly<Record<string, ${value}>>`;
}

function type(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return name(schema.$ref);
  if (schema.const !== undefined) return `'${schema.const}'`;
  if (schema.enum !== undefined)
    return schema.enum.map((one) => (one === null ? 'null' : `'${one}'`)).join(' | ');
  const several = schema.oneOf ?? schema.anyOf;
  if (several !== undefined) return several.map((one) => type(one, indent)).join(' | ');
  if (schema.allOf !== undefined) return schema.allOf.map((one) => type(one, indent)).join(' & ');
  if (Array.isArray(schema.type)) {
    return schema.type.map((one: string) => type({ ...schema, type: one }, indent)).join(' | ');
  }
  if (schema.type === 'array') {
    const items = type(schema.items ?? {}, indent);
    return /[|&]/.test(items) ? `readonly (${items})[]` : `readonly ${items}[]`;
  }
  if (schema.type === 'object') return ofObject(schema, indent);
  return PLAIN[String(schema.type)] ?? 'unknown';
}

function answer(operation: Operation): string {
  const [status, good] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? [];
  const content = Object.entries(good?.content ?? {})[0];
  if (status === undefined || content === undefined) return 'undefined';
  return type(content[1].schema, '    ');
}

function parameters(operation: Operation, place: string): string {
  const listed = (operation.parameters ?? []).filter((one) => one.in === place);
  if (listed.length === 0) return 'undefined';
  const each = listed.map(
    (one) => `readonly ${key(one.name)}${one.required === true ? '' : '?'}: ${type(one.schema, '    ')}`,
  );
  return `{ ${each.join('; ')} }`;
}

function operation(path: string, method: string, one: Operation): string {
  const body = Object.values(one.requestBody?.content ?? {})[0];
  return [
    comment(one.summary, '  '),
    `  '${method.toUpperCase()} ${path}': {\n`,
    `    readonly path: ${parameters(one, 'path')};\n`,
    `    readonly query: ${parameters(one, 'query')};\n`,
    `    readonly body: ${body === undefined ? 'undefined' : type(body.schema, '    ')};\n`,
    `    readonly answer: ${answer(one)};\n`,
    '  };\n',
  ].join('');
}

/** The whole file. */
export function apiTypes(description: Description): string {
  const schemas = Object.entries(description.components.schemas).map(([called, schema]) => {
    const about = comment(schema.description, '');
    const isPlain = schema.type === 'object' && schema.properties !== undefined;
    if (isPlain) return `${about}export interface ${called} ${fields(schema, '')}\n`;
    return `${about}export type ${called} = ${type(schema, '')};\n`;
  });
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => operation(path, method, one)),
  );
  return [
    '// Made from tests/fixtures/openapi.json by `UPDATE_GOLDEN=1 npm test`. Do not edit.\n',
    ...schemas,
    `/** Every operation: what it takes and what it answers when it is done. */\nexport interface Operations {\n${operations.join('')}}\n`,
  ].join('\n');
}
