/** Speaks to the gateway's API. Types are made from its description. */
import type { LineProblem, Operations } from '../gen/api';

/** A refusal with its stable code, or that nobody answered. */
export class ApiFault extends Error {
  constructor(
    /** The code of the problem; `unreachable` when there was no answer. */
    readonly code: string,
    /** What happened, in the gateway's own words. */
    readonly detail: string,
    /** Seconds to wait, where that is asked. */
    readonly wait: number | null = null,
    /** Lines of a table that cannot be taken in. */
    readonly lines: readonly LineProblem[] = [],
  ) {
    super(code);
  }
}

type Operation = keyof Operations;

/** The parts of an operation that are there: those without content need not be named. */
type Given<O extends Operation> = {
  readonly [Part in 'path' | 'query' | 'body' as Operations[O][Part] extends undefined
    ? never
    : Part]: Operations[O][Part];
};

/** What is given beside path, query and body. */
interface Extra {
  /** The revision that a change is made on. */
  readonly seen?: number;
  readonly signal?: AbortSignal;
}

/** How long an answer may take, in milliseconds; a table takes longer. */
const PATIENCE = 15_000;
const PATIENCE_TABLE = 130_000;

/** An answer with the revision that it names. */
export interface Answer<T> {
  readonly value: T;
  readonly revision: number | null;
}

function address(template: string, path: object | undefined, query: object | undefined): string {
  let text = template;
  for (const [name, value] of Object.entries(path ?? {})) {
    text = text.replace(`{${name}}`, encodeURIComponent(String(value)));
  }
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? text : `${text}?${search}`;
}

async function fault(response: Response): Promise<ApiFault> {
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return new ApiFault(
    typeof problem.code === 'string' ? problem.code : 'internal',
    typeof problem.detail === 'string' ? problem.detail : '',
    Number.isFinite(wait) ? wait : null,
    Array.isArray(problem.lines) ? (problem.lines as LineProblem[]) : [],
  );
}

async function ask(target: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(target, init);
  } catch (error) {
    // Given up by the page itself: nobody is told.
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFault('unreachable', String(error));
  }
}

/** Who is told that a session is over. */
let signedOut: () => void = () => {};

/** Names who is told when the gateway answers that nobody has signed in. */
export function onSignedOut(tell: () => void): void {
  signedOut = tell;
}

/**
 * Carries an operation out, as `POST /api/v1/units/{unit}/move`.
 *
 * @throws ApiFault
 */
export async function call<O extends Operation>(
  operation: O,
  given: Given<O> & Extra,
): Promise<Answer<Operations[O]['answer']>> {
  const { path, query, body, seen, signal } = given as Extra & Record<string, object | string | undefined>;
  const [method = 'GET', template = ''] = operation.split(' ');
  const isTable = template.endsWith('.csv');
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = isTable ? 'text/csv' : 'application/json';
  if (typeof seen === 'number') headers['if-match'] = `"${seen}"`;
  const late = AbortSignal.timeout(isTable ? PATIENCE_TABLE : PATIENCE);
  const response = await ask(address(template, path as object, query as object), {
    method,
    headers,
    signal: signal instanceof AbortSignal ? AbortSignal.any([signal, late]) : late,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  if (!response.ok) {
    const refused = await fault(response);
    if (refused.code === 'not_signed_in') signedOut();
    throw refused;
  }
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const value = (isJson ? await response.json() : undefined) as Operations[O]['answer'];
  const tag = /^"(\d+)"$/.exec(response.headers.get('etag') ?? '');
  return { value, revision: tag === null ? null : Number(tag[1]) };
}

/** Every item of a list, page after page, up to `most`. */
export async function all<T>(
  page: (
    after: number | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next?: number | null }>,
  most: number,
): Promise<T[]> {
  const items: T[] = [];
  let after: number | undefined;
  do {
    const got = await page(after);
    items.push(...got.items);
    after = got.next ?? undefined;
  } while (after !== undefined && items.length < most);
  return items;
}
