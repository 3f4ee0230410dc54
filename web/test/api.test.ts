import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiTypes, type Description } from './api-types';

const description = join(import.meta.dirname, '../../tests/fixtures/openapi.json');
const generated = join(import.meta.dirname, '../src/gen/api.ts');

it('the types of the API are those of its description', () => {
  const made = apiTypes(JSON.parse(readFileSync(description, 'utf8')) as Description);
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(generated, made);
  expect(readFileSync(generated, 'utf8') === made, 'UPDATE_GOLDEN=1 npm test writes them anew').toBe(true);
});
