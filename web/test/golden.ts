import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../tests/fixtures/wire/', import.meta.url));

/** Every golden message of one direction, by the name of its file. */
export function goldenMessages<T>(direction: 'client' | 'server'): Map<string, T> {
  const files = readdirSync(FOLDER + direction).filter((file) => file.endsWith('.json'));
  return new Map(files.map((file) => [file.replace(/\.json$/, ''), golden<T>(`${direction}/${file}`)]));
}

/** One golden file. */
export function golden<T>(path: string): T {
  return JSON.parse(readFileSync(FOLDER + path, 'utf8')) as T;
}
