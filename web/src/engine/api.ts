/** The requests that come before the socket. The link's secret travels only in their bodies. */
import type { ErrorCode, Role, RoomInfo } from '../gen/wire';

/** What a link opens. */
export interface LinkInfo {
  readonly room: RoomInfo;
  /** The site's name. */
  readonly site: string;
  readonly role: Role;
  /** Another connection holds the seat: joining takes it over. */
  readonly in_use: boolean;
}

/** A request that was answered with a code, or (`unreachable`) not at all. */
export class ApiError extends Error {
  constructor(readonly code: ErrorCode | 'unreachable') {
    super(code);
  }
}

/** Longest wait for an answer, in ms. */
const REQUEST_TIMEOUT_MS = 8000;

/** Looks a link up. Throws {@link ApiError}. */
export async function fetchLobby(link: string): Promise<LinkInfo> {
  return (await post('/api/v1/lobby', { secret: link })) as LinkInfo;
}

/** Buys a ticket that lives 30 s and opens one socket. Throws {@link ApiError}. */
export async function buyTicket(link: string): Promise<string> {
  return ((await post('/api/v1/tickets', { secret: link })) as { ticket: string }).ticket;
}

/** The offer of a line test, deflated, and the mids of its two sections. */
export interface LineTestOffer {
  readonly secret: string;
  readonly sdp: string;
  readonly sending: string;
  readonly receiving: string;
}

/** Has the gateway take part in a line test; brings the answer. Throws {@link ApiError}. */
export async function requestLineTest(offer: LineTestOffer): Promise<string> {
  return ((await post('/api/v1/line-tests', offer)) as { sdp: string }).sdp;
}

/** Where the socket is. */
export function socketUrl(origin: string): string {
  return `${origin.replace(/^http/, 'ws')}/api/v1/socket`;
}

async function post(path: string, body: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch {
    throw new ApiError('unreachable');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer;
  throw new ApiError(problemCode(answer) ?? (response.ok ? 'internal' : 'unreachable'));
}

/** The stable code of a problem document (RFC 9457 §3.2: an extension member). */
function problemCode(problem: unknown): ErrorCode | null {
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) return null;
  return typeof problem.code === 'string' ? (problem.code as ErrorCode) : null;
}
