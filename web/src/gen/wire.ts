// The wire protocol, generated from signaling/src/wire by `UPDATE_GOLDEN=1 cargo test -p giaoban-signaling`.
// Not edited by hand.

/** Version of the protocol, said in `hello`. */
export const PROTOCOL_VERSION = 1;

/** Longest client message the gateway takes, in bytes of UTF-8. */
export const MAX_CLIENT_MESSAGE = 65536;

/** Slot of the stage's microphone. */
export const STAGE_AUDIO_SLOT = 0;

/** Slot of the stage's screen audio. */
export const SCREEN_AUDIO_SLOT = 4;

/** Slot of the stage's picture. */
export const STAGE_VIDEO_SLOT = 5;

/** The first tile. */
export const FIRST_TILE_SLOT = 6;

/** Slots are numbered below this. */
export const MAX_SLOTS = 87;

/** Every error code. */
export const ERROR_CODES: readonly ErrorCode[] = [
    "link_invalid",
    "link_expired",
    "ticket_invalid",
    "resume_invalid",
    "seat_in_use",
    "room_locked",
    "room_full",
    "room_closed",
    "room_not_open",
    "chair_admits",
    "not_allowed",
    "no_such_member",
    "no_such_source",
    "bad_message",
    "too_large",
    "too_fast",
    "wrong_version",
    "slow_consumer",
    "bad_offer",
    "no_common_codec",
    "rate_limited",
    "shutting_down",
    "overloaded",
    "internal",
];

/**
 * What the grade comes from; the client has for each what to do.
 */
export type Cause = "none" | "no_media" | "loss_up" | "loss_down" | "delay" | "jitter" | "freezes" | "device";

/**
 * What the chair may order.
 */
export type ChairAction = { "action": "pin",
/**
 * Which.
 */
source: WireSource, } | { "action": "follow_speaker" } | { "action": "mute",
/**
 * Who.
 */
member: number, } | { "action": "let_speak",
/**
 * Who.
 */
member: number, } | { "action": "mute_all" } | { "action": "unmute_all" } | { "action": "lower_hand",
/**
 * Whose.
 */
member: number, } | { "action": "lock" } | { "action": "unlock" } | { "action": "admit",
/**
 * Who.
 */
member: number, } | { "action": "remove",
/**
 * Who.
 */
member: number, } | { "action": "end" };

/**
 * One change of the state.
 */
export type Change = { "change": "member",
/**
 * The row.
 */
member: MemberState, } | { "change": "gone",
/**
 * Whose.
 */
member: number, } | { "change": "speaking",
/**
 * Who.
 */
members: Array<number>, } | { "change": "stage",
/**
 * The stage.
 */
stage: Stage, } | { "change": "locked",
/**
 * Whether it is on.
 */
locked: boolean, } | { "change": "muted_all",
/**
 * Whether it is on.
 */
muted_all: boolean, } | { "change": "waiting",
/**
 * Who.
 */
members: Array<number>, } | { "change": "acting",
/**
 * The deputy; none while the chair leads, or nobody can.
 */
member: number | null, };

/**
 * How secret the briefing is; shown on top of every page.
 */
export type Classification = "normal" | "confidential" | "secret" | "top_secret";

/**
 * A message of a client. The first on a connection is `hello`, and only the first.
 * `request` numbers are the client's own; each is answered by one `done` or `refused` with the same number.
 */
export type ClientMessage = { "type": "hello",
/**
 * The client's `PROTOCOL_VERSION`.
 */
protocol: number,
/**
 * Its right to the seat.
 */
credential: Credential,
/**
 * Whether to push out another connection that holds the seat.
 */
take_over: boolean, } | { "type": "offer",
/**
 * Number of the request.
 */
request: number,
/**
 * The peer connection: drawn at random when the client makes one.
 */
peer: number,
/**
 * The offer, deflated (RFC 1951) and in base64.
 */
sdp: string,
/**
 * What each section is for.
 */
sections: Array<WireSection>, } | { "type": "want",
/**
 * Every slot wanted; the stage's for its height.
 */
wishes: Array<Wish>, } | { "type": "covered",
/**
 * The slot.
 */
slot: number,
/**
 * The assignment's epoch.
 */
epoch: number, } | { "type": "sources",
/**
 * Microphone.
 */
microphone: MicrophoneState,
/**
 * Camera on.
 */
camera: boolean,
/**
 * Screen shared.
 */
screen: boolean, } | { "type": "heartbeat" } | { "type": "hand",
/**
 * Number of the request.
 */
request: number,
/**
 * Whether it is up.
 */
raised: boolean, } | { "type": "chair",
/**
 * Number of the request.
 */
request: number,
/**
 * The order.
 */
order: ChairAction, } | { "type": "report",
/**
 * Times that a picture stood still since the report before.
 */
freezes: number,
/**
 * Frames a second of the picture with the most.
 */
fps: number,
/**
 * The way its media takes.
 */
path: MediaPath | null,
/**
 * What of its devices does not work.
 */
trouble: DeviceTrouble | null, } | { "type": "watch_quality",
/**
 * Number of the request.
 */
request: number,
/**
 * Whether to be told.
 */
on: boolean, } | { "type": "resync" } | { "type": "ping",
/**
 * Comes back in `pong`.
 */
nonce: number, } | { "type": "leave" };

/**
 * How a connection proves its seat.
 */
export type Credential = { "by": "ticket",
/**
 * The ticket.
 */
ticket: string, } | { "by": "resume",
/**
 * The secret.
 */
secret: string, };

/**
 * A device that does not work. One that was turned off is no trouble.
 */
export type DeviceTrouble = "camera" | "microphone" | "both";

/**
 * Why a member's briefing is over.
 */
export type EndReason = "ended" | "removed" | "revoked" | "taken_over" | "left" | "deserted";

/**
 * A stable code. The client has for each a sentence in Vietnamese and English, a cause and one action.
 */
export type ErrorCode = "link_invalid" | "link_expired" | "ticket_invalid" | "resume_invalid" | "seat_in_use" | "room_locked" | "room_full" | "room_closed" | "room_not_open" | "chair_admits" | "not_allowed" | "no_such_member" | "no_such_source" | "bad_message" | "too_large" | "too_fast" | "wrong_version" | "slow_consumer" | "bad_offer" | "no_common_codec" | "rate_limited" | "shutting_down" | "overloaded" | "internal";

/**
 * How good a site's connection is, in one word.
 */
export type Grade = "good" | "weak" | "bad";

/**
 * A raised hand. Its place in the queue is by `order`.
 */
export type Hand = {
/**
 * A counter of the room that only rises.
 */
order: number, };

/**
 * One direction of a site's connection over the last seconds.
 */
export type LinkQuality = {
/**
 * Packets lost before repair, of 1000.
 */
loss: number,
/**
 * Interarrival jitter, in ms.
 */
jitter: number,
/**
 * Media, in kbit/s.
 */
rate: number, };

/**
 * The way that media takes.
 */
export type MediaPath = "udp" | "tcp" | "relay";

/**
 * One row of the roster.
 */
export type MemberState = {
/**
 * Whose row.
 */
member: number,
/**
 * The site's name.
 */
name: string,
/**
 * His role.
 */
role: Role,
/**
 * Whether he is there.
 */
presence: Presence,
/**
 * His microphone is open, by his own word.
 */
microphone: boolean,
/**
 * His camera is on, by his own word.
 */
camera: boolean,
/**
 * He shares a screen.
 */
screen: boolean,
/**
 * The chair muted him: nothing he says passes the gateway.
 */
muted: boolean,
/**
 * His hand, if raised.
 */
hand: Hand | null,
/**
 * He is heard now.
 */
speaking: boolean, };

/**
 * The member's own microphone, by his own word.
 */
export type MicrophoneState = "off" | "open" | "push_to_talk";

/**
 * Whether a seat is taken.
 */
export type Presence = "present" | "recovering" | "absent";

/**
 * What a member may do; decided in one place, `access::Policy`.
 */
export type Role = "chair" | "deputy" | "site";

/**
 * What does not change while a briefing runs.
 */
export type RoomInfo = {
/**
 * Its title.
 */
title: string,
/**
 * Its classification.
 */
classification: Classification, };

/**
 * What a media section of an offer is for.
 */
export type SectionPurpose = { "source": WireSourceKind } | { "slot": number };

/**
 * A message of the gateway.
 */
export type ServerMessage = { "type": "welcome",
/**
 * Who you are.
 */
member: number,
/**
 * Your role.
 */
role: Role,
/**
 * What to present after an outage or a refresh. The one before dies when this one is presented,
 * so that a welcome lost on the way costs nobody the seat.
 */
resume: string,
/**
 * Server time.
 */
time: number,
/**
 * Server time at which the link ends. Who is in stays in; who is away for longer than his seat is kept does not
 * come back.
 */
until: number | null, } | { "type": "waiting",
/**
 * What keeps the member out: `room_locked`, `room_full`, `room_closed`, `room_not_open` or `chair_admits`.
 */
code: ErrorCode,
/**
 * The place in the queue, from 1.
 */
place: number, } | { "type": "snapshot",
/**
 * The state.
 */
snapshot: Snapshot, } | { "type": "delta",
/**
 * The version these changes lead to.
 */
version: number,
/**
 * The changes, in order.
 */
changes: Array<Change>, } | { "type": "answer",
/**
 * The offer's request.
 */
request: number,
/**
 * The peer connection.
 */
peer: number,
/**
 * The answer, as text.
 */
sdp: string, } | { "type": "slots",
/**
 * The assignments.
 */
slots: Array<SlotAssignment>, } | { "type": "slot_switched",
/**
 * The slot.
 */
slot: number,
/**
 * The assignment it fulfils.
 */
epoch: number,
/**
 * The timestamp of its first frame.
 */
timestamp: number, } | { "type": "microphone_closed" } | { "type": "quality",
/**
 * The sites.
 */
sites: Array<SiteQuality>, } | { "type": "done",
/**
 * Which.
 */
request: number, } | { "type": "refused",
/**
 * Which.
 */
request: number,
/**
 * Why.
 */
code: ErrorCode, } | { "type": "error",
/**
 * Why.
 */
code: ErrorCode, } | { "type": "pong",
/**
 * The ping's.
 */
nonce: number,
/**
 * Server time.
 */
time: number, } | { "type": "ended",
/**
 * Why.
 */
reason: EndReason,
/**
 * The member who ordered it, if one did.
 */
by: number | null, };

/**
 * One site.
 */
export type SiteQuality = {
/**
 * Whose.
 */
member: number,
/**
 * In one word.
 */
grade: Grade,
/**
 * Why not better.
 */
cause: Cause,
/**
 * Way there and back, in ms, once it was measured.
 */
rtt: number | null,
/**
 * From the site.
 */
up: LinkQuality,
/**
 * To the site.
 */
down: LinkQuality,
/**
 * Height of the picture it sends; 0 for none.
 */
sends: number,
/**
 * Height of the stage it is sent; 0 for none.
 */
receives: number,
/**
 * Times that its pictures stood still between its last two reports.
 */
freezes: number,
/**
 * Frames it shows a second of the picture with the most.
 */
fps: number,
/**
 * The way its media takes, once it said so.
 */
path: MediaPath | null,
/**
 * What of its devices does not work.
 */
trouble: DeviceTrouble | null, };

/**
 * What a slot shall show. The client covers the slot and says `covered` with the epoch;
 * then the gateway switches and says `slot_switched`.
 */
export type SlotAssignment = {
/**
 * The slot.
 */
slot: number,
/**
 * The assignment's number, rising for each slot.
 */
epoch: number,
/**
 * The source; none for an empty slot.
 */
source: WireSource | null, };

/**
 * The whole state at one version.
 */
export type Snapshot = {
/**
 * The version; every delta raises it by one.
 */
version: number,
/**
 * The room.
 */
room: RoomInfo,
/**
 * Every seat, by member id.
 */
members: Array<MemberState>,
/**
 * The stage.
 */
stage: Stage,
/**
 * Nobody new is let in but by the chair's link.
 */
locked: boolean,
/**
 * Everyone but the chair is muted, late joiners too, unless let speak one by one.
 */
muted_all: boolean,
/**
 * Who waits at the door, first come first.
 */
waiting: Array<number>,
/**
 * The deputy who stands in for the chair, with all of his powers.
 */
acting: number | null, };

/**
 * The stage: the rule and what it yields now.
 */
export type Stage = {
/**
 * The chair's choice.
 */
rule: StageRule,
/**
 * What is on the stage now.
 */
source: WireSource | null, };

/**
 * What the chair chose for everyone's stage.
 */
export type StageRule = { "rule": "follow_speaker" } | { "rule": "pinned",
/**
 * The source.
 */
source: WireSource, };

/**
 * A media section of an offer.
 */
export type WireSection = {
/**
 * Its mid.
 */
mid: string,
/**
 * What it is for.
 */
purpose: SectionPurpose, };

/**
 * A source of a member.
 */
export type WireSource = {
/**
 * Whose.
 */
member: number,
/**
 * Which.
 */
kind: WireSourceKind, };

/**
 * Which of a member's sources.
 */
export type WireSourceKind = "microphone" | "camera" | "screen" | "screen_audio";

/**
 * What a client wishes to see in one tile.
 */
export type Wish = {
/**
 * The slot.
 */
slot: number,
/**
 * The source; none empties the slot. Ignored for the stage slot, which follows the stage.
 */
source: WireSource | null,
/**
 * Height of the picture on the screen, in device pixels.
 */
height: number, };
