// Made from tests/fixtures/openapi.json by `UPDATE_GOLDEN=1 npm test`. Do not edit.

/** A link to hand to a person; its holder sets name and password. It is shown only this once. */
export interface AccountLink {
  /** What to send to `/api/v1/account/activate`. */
  readonly secret: string;
}

/** An act. */
export interface ActView {
  /** The person; absent for the operator and for nobody known. */
  readonly actor?: number | null;
  /** That person's name today. */
  readonly actor_name?: string | null;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** What, by its `kind`. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The SHA-256 over the act and the hash before it. */
  readonly hash: string;
  /** Its place in the record, from 1. */
  readonly number: number;
  /** The unit that it concerns. */
  readonly unit?: number | null;
  /** That unit's name on the day of the act; of one that was made for a later day, its first. */
  readonly unit_name?: string | null;
}

/** What a link's holder sets. */
export interface Activation {
  /** The name to sign in with from now on. */
  readonly login: string;
  /** The password. */
  readonly password: string;
  /** The part of the link after `#`. */
  readonly secret: string;
}

/** Acts, the newest first. */
export interface Acts {
  readonly items: readonly ActView[];
  /** `before` of the next page; absent on the last. A page may hold fewer than asked for, or none, and still have a next: one request looks through a bounded number of acts. */
  readonly next?: number | null;
}

/** What a classification allows. */
export interface AllowanceView {
  readonly classification: ClassificationWord;
  /** The laxest lobby of its rooms. */
  readonly laxest_lobby: LobbyWord;
  /** Its rooms may have links, by which people enter without signing in. */
  readonly links: boolean;
  /** Its titles may stand in mails and feeds. */
  readonly title_leaves: boolean;
}

/** An administrator of a unit and all below it. */
export interface AppointmentView {
  readonly from: string;
  readonly id: number;
  readonly person: number;
  /** The unit; absent for the whole organisation. */
  readonly unit?: number | null;
}

/** A booking. */
export interface BookingView {
  readonly cancelled: boolean;
  /** The meetings that differ from the series. */
  readonly exceptions: readonly ExceptionView[];
  readonly id: number;
  readonly plan: PlanView;
  /** Counts its changes. */
  readonly revision: number;
}

/** A briefing that I am called to. */
export interface Briefing {
  readonly booking: number;
  readonly classification: ClassificationWord;
  readonly end: string;
  /** From this moment on I can go in. */
  readonly opens: string;
  readonly role: RoleWord;
  readonly room: number;
  readonly start: string;
  readonly title: string;
}

/** Whether the record of acts is whole: each act follows from the one before it. */
export interface Chain {
  /** How many were read. */
  readonly acts: number;
  /** The last one's hash, to be noted elsewhere; absent when the chain is broken. */
  readonly head?: string | null;
  /** Every act follows. */
  readonly holds: boolean;
}

/** The numbers of what a change made or changed; what is new comes first. */
export interface Changed {
  /** Appointments. */
  readonly appointments: readonly number[];
  /** People. */
  readonly people: readonly number[];
  /** Units. */
  readonly units: readonly number[];
}

export type ClassificationWord = 'normal' | 'confidential' | 'secret' | 'top_secret';

/** Up to which classification a person may be told things: thường, mật, tối mật, tuyệt mật. */
export type ClearanceView = 'normal' | 'confidential' | 'secret' | 'top_secret';

/** A secret of one-time codes, proved by a code. */
export interface Codes {
  /** A code made with it. */
  readonly code: string;
  readonly password: string;
  /** As the gateway made it. */
  readonly secret: string;
}

/** Two meetings at once. */
export interface ConflictView {
  /** The other booking; absent if the reader may not see it. */
  readonly booking?: number | null;
  readonly planned: Span;
  readonly shared: SharedWord;
  readonly standing: Span;
}

/** A briefing that has begun. */
export interface Convened {
  readonly booking: number;
  readonly room: number;
}

/** Name and password. */
export interface Credentials {
  /** The one-time code, where one is asked for. */
  readonly code?: string | null;
  readonly login: string;
  readonly password: string;
}

/** What is known of a person. */
export interface DetailsView {
  readonly clearance: ClearanceView;
  /** Duty (chức vụ). */
  readonly duty: string;
  readonly mail?: string | null;
  readonly name: string;
  /** Rank (cấp bậc). */
  readonly rank: string;
}

/** What a line does. */
export type EffectView = 'create' | 'change' | 'move';

/** How a meeting differs: it is moved, or cancelled when it has no start. */
export interface ExceptionView {
  readonly minutes?: number | null;
  /** The start it has by the series. */
  readonly original: string;
  readonly start?: string | null;
}

/** Who is expected. */
export type ExpectedView = {
  readonly kind: 'unit';
  readonly unit: number;
} | {
  readonly kind: 'subtree';
  readonly unit: number;
} | {
  readonly kind: 'person';
  readonly person: number;
};

/** What becomes of a unit. */
export type Fate = 'made' | 'renamed' | 'moved' | 'ended';

/** The address of a feed, shown only this once. */
export interface Feed {
  readonly url: string;
}

/** The first day of a change. */
export interface FirstDay {
  readonly from: string;
}

/** A fresh secret of one-time codes. */
export interface FreshCodes {
  /** In base32. */
  readonly secret: string;
  /** The same as apps read it, often as a QR code. */
  readonly uri: string;
}

/** People who may join. */
export interface JoinersView {
  /** And of all units below it. */
  readonly below?: boolean;
  readonly clearance?: ClassificationWord | null;
  /** Only those with this duty. */
  readonly duty?: string | null;
  /** Those of this unit. */
  readonly unit: number;
}

/** What a line changes. */
export interface LineChange {
  /** The code of the unit or person. */
  readonly code: string;
  readonly effect: EffectView;
  /** Counted from 1 with the heading. */
  readonly line: number;
  /** How it is called afterwards. */
  readonly name: string;
}

/** A line that cannot be taken in. */
export interface LineProblem {
  /** What stands against it, for programs. */
  readonly code: string;
  /** What stands against it, for people. */
  readonly detail: string;
  /** Counted from 1 with the heading. */
  readonly line: number;
}

export type LobbyWord = 'open' | 'expected' | 'chair';

/** A link that was made. Its address is shown only this once. */
export interface MadeLink {
  readonly id: number;
  /** What to open; whoever has it has the seat. */
  readonly url: string;
}

/** A meeting. */
export type MeetingView = Span & {
  readonly booking: number;
  readonly classification: ClassificationWord;
  /** It is at another time than by the series. */
  readonly moved: boolean;
  /** The start it has by the series, by the clocks of its zone: its name within the booking. */
  readonly original: string;
  /** One of several. */
  readonly recurs: boolean;
  readonly room: number;
  /** Absent above the reader's own clearance. */
  readonly title?: string | null;
  readonly unit?: number | null;
};

/** Meetings by their starts. */
export interface Meetings {
  readonly items: readonly MeetingView[];
  /** `skip` of the next page; absent on the last. */
  readonly next?: number | null;
}

/** One new unit in the place of several. */
export interface Merger {
  readonly code: string;
  readonly from: string;
  readonly name: string;
  readonly parent?: number | null;
  /** The units that end; two at least. */
  readonly units: readonly number[];
}

/** Another unit. */
export interface MovePerson {
  readonly from: string;
  readonly unit: number;
}

/** Another place. */
export interface MoveUnit {
  readonly from: string;
  /** The unit above it from then on. */
  readonly parent?: number | null;
}

/** A meeting at another time. */
export interface MovedMeeting {
  /** Also where room or chair are taken at that time. */
  readonly despite_conflicts?: boolean;
  readonly minutes: number;
  readonly start: string;
}

/** A new administrator. */
export interface NewAppointment {
  readonly person: number;
  /** The unit; absent for the whole organisation. */
  readonly unit?: number | null;
}

/** A booking as it shall be. */
export interface NewBooking {
  /** Also where room or chair are taken at that time. */
  readonly despite_conflicts?: boolean;
  readonly plan: PlanView;
}

/** Another password. */
export interface NewPassword {
  /** The one used from now on. */
  readonly new: string;
  /** The one used so far. */
  readonly old: string;
}

/** A new person. */
export interface NewPerson {
  readonly code: string;
  readonly details: DetailsView;
  readonly from: string;
  /** The unit; only who administers the whole organisation enters people without one. */
  readonly unit?: number | null;
}

/** A link to be made. */
export interface NewRoomLink {
  /** The site's name, as all see it. */
  readonly name: string;
  readonly role: RoleWord;
}

/** A template as it shall be. */
export interface NewTemplate {
  readonly name: string;
  readonly rules: RulesView;
}

/** A new unit. */
export interface NewUnit {
  /** 1 to 40 letters, digits and `. _ - /`. */
  readonly code: string;
  readonly from: string;
  readonly name: string;
  /** The unit above it; without one it stands at the top. */
  readonly parent?: number | null;
}

export type OpeningWord = 'always' | 'booked';

/** What stands in a plan's way, and what would not. */
export interface Outlook {
  readonly conflicts: readonly ConflictView[];
  /** How many there are. */
  readonly count: number;
  /** The first meetings of the plan. */
  readonly meetings: readonly Span[];
  /** Other rooms of the same unit and classification that are free. */
  readonly rooms: readonly number[];
  /** Other starts on the same day without a conflict. */
  readonly starts: readonly string[];
}

/** One page. */
export interface Page_AppointmentView {
  /** The items, by number. */
  readonly items: readonly ({
    readonly from: string;
    readonly id: number;
    readonly person: number;
    /** The unit; absent for the whole organisation. */
    readonly unit?: number | null;
  })[];
  /** Where the next page begins; absent on the last. */
  readonly next?: number | null;
}

/** One page. */
export interface Page_PersonView {
  /** The items, by number. */
  readonly items: readonly (DetailsView & {
    readonly code: string;
    readonly id: number;
    readonly revision: number;
    /** The unit on the day that was asked for. */
    readonly unit?: number | null;
  })[];
  /** Where the next page begins; absent on the last. */
  readonly next?: number | null;
}

/** One page. */
export interface Page_RoomView {
  /** The items, by number. */
  readonly items: readonly ({
    readonly classification: ClassificationWord;
    /** It opens no more. */
    readonly closed: boolean;
    readonly id: number;
    /** Counts its changes. */
    readonly revision: number;
    readonly rules?: RulesView | null;
    /** The unit that owns it. */
    readonly unit?: number | null;
  })[];
  /** Where the next page begins; absent on the last. */
  readonly next?: number | null;
}

/** One page. */
export interface Page_TemplateView {
  /** The items, by number. */
  readonly items: readonly {
    readonly id: number;
    readonly name: string;
    /** Counts its changes. */
    readonly revision: number;
    readonly rules: RulesView;
  }[];
  /** Where the next page begins; absent on the last. */
  readonly next?: number | null;
}

/** One page. */
export interface Page_UnitView {
  /** The items, by number. */
  readonly items: readonly ({
    readonly code: string;
    /** The first day on which it is so. */
    readonly from: string;
    readonly id: number;
    readonly name: string;
    /** The unit above it, if it may be seen. */
    readonly parent?: number | null;
    /** Counts its changes. */
    readonly revision: number;
    /** The first day on which it is no longer so. */
    readonly to?: string | null;
  })[];
  /** Where the next page begins; absent on the last. */
  readonly next?: number | null;
}

/** A person. */
export type PersonView = DetailsView & {
  readonly code: string;
  readonly id: number;
  readonly revision: number;
  /** The unit on the day that was asked for. */
  readonly unit?: number | null;
};

/** What an administrator decides about a booking. */
export interface PlanView {
  /** Who leads; the room's chair when nothing is said. */
  readonly chair?: number | null;
  readonly expected?: readonly ExpectedView[];
  readonly minutes: number;
  /** Minutes before the start at which the door opens; 15 when nothing is said. */
  readonly opens_before?: number;
  /** An RRULE's value (RFC 5545 §3.3.10): by days, weeks, months or years. */
  readonly recurrence?: string | null;
  readonly room: number;
  /** The start, by the clocks of the zone; of a series the first. */
  readonly start: string;
  readonly title: string;
  /** Asia/Ho_Chi_Minh when nothing is said. */
  readonly zone?: string | null;
}

/** What a change would come to. */
export interface Preview {
  /** How many administrators get another unit, or none. */
  readonly appointments: number;
  /** How many people come into another unit. */
  readonly people: number;
  /** The units, two hundred at most. */
  readonly units: readonly UnitFate[];
  /** How many units in all. */
  readonly units_in_all: number;
}

/** Problem details. */
export interface Problem {
  /** What happened, for programs; it does not change. */
  readonly code: string;
  /** What happened, for people. */
  readonly detail: string;
  /** The lines of a table that cannot be taken in. */
  readonly lines?: readonly LineProblem[];
  /** The HTTP status. */
  readonly status: number;
  /** The status in words. */
  readonly title: string;
}

/** A plan to be looked at. */
export interface Question {
  /** The booking that it would change. */
  readonly booking?: number | null;
  readonly plan: PlanView;
}

/** Another name. */
export interface Rename {
  readonly from: string;
  readonly name: string;
}

export type RoleWord = 'chair' | 'deputy' | 'site';

/** One of the expected. */
export interface RollLine {
  readonly came?: string | null;
  /** Minutes after the start, if it came late. */
  readonly late?: number | null;
  /** The name on the day of the meeting. */
  readonly name: string;
  /** The unit above it, on that day. */
  readonly parent?: number | null;
  readonly parent_name?: string | null;
  /** The person who is called; absent in a unit's line. */
  readonly person?: number | null;
  readonly present: boolean;
  /** The unit that is called; absent in a person's line. */
  readonly unit?: number | null;
  readonly went?: string | null;
}

/** A roll. */
export interface RollView {
  readonly absent: number;
  readonly expected: number;
  readonly late: number;
  /** The expected, by the tree. */
  readonly lines: readonly RollLine[];
  readonly meeting: Span;
  readonly present: number;
  /** Who came without being expected. */
  readonly unexpected: readonly Stranger[];
}

export type RoomKindWord = 'briefing' | 'command' | 'lecture';

/** A living link, without its secret. */
export interface RoomLink {
  readonly id: number;
  readonly name: string;
  readonly role: RoleWord;
}

/** A room. */
export interface RoomView {
  readonly classification: ClassificationWord;
  /** It opens no more. */
  readonly closed: boolean;
  readonly id: number;
  /** Counts its changes. */
  readonly revision: number;
  readonly rules?: RulesView | null;
  /** The unit that owns it. */
  readonly unit?: number | null;
}

/** What an administrator decides about a room. */
export interface RulesView {
  /** Places, beside the chair's; as many as the gateway holds when nothing is said. */
  readonly capacity?: number | null;
  /** The person who leads. */
  readonly chair?: number | null;
  readonly classification: ClassificationWord;
  /** Who leads when the chair is gone, in this order. */
  readonly deputies?: readonly number[];
  /** Who may join, beside chair, deputies and the expected. Empty: the people of the owning unit and below it. */
  readonly joiners?: readonly JoinersView[];
  readonly kind: RoomKindWord;
  readonly lobby: LobbyWord;
  readonly opening: OpeningWord;
  readonly standing: StandingWord;
  readonly title: string;
  /** The unit that owns it; only who administers the whole organisation makes rooms without one. */
  readonly unit?: number | null;
}

export type SharedWord = 'room' | 'chair';

/** From when to when. */
export interface Span {
  readonly end: string;
  readonly start: string;
}

/** Several new units in the place of one. */
export interface Split {
  readonly from: string;
  /** Two at least. What none names goes to the first. */
  readonly parts: readonly SplitPart[];
}

/** One of them. */
export interface SplitPart {
  /** Units right below the old one. */
  readonly children?: readonly number[];
  readonly code: string;
  readonly name: string;
  /** People of the old one. */
  readonly people?: readonly number[];
}

export type StandingWord = 'permanent' | 'one_time';

/** One who came without being expected. */
export interface Stranger {
  readonly came: string;
  readonly name: string;
  readonly went?: string | null;
}

/** What a table changes, or would change. */
export interface Taken {
  /** Every line that changes something. */
  readonly changes: readonly LineChange[];
  /** Whether it was done. */
  readonly done: boolean;
}

/** A template. */
export interface TemplateView {
  readonly id: number;
  readonly name: string;
  /** Counts its changes. */
  readonly revision: number;
  readonly rules: RulesView;
}

/** A change of units that is thought of. */
export type Thought = {
  readonly code: string;
  readonly from: string;
  readonly kind: 'create';
  readonly name: string;
  readonly parent?: number | null;
} | {
  readonly from: string;
  readonly kind: 'rename';
  readonly name: string;
  readonly unit: number;
} | {
  readonly from: string;
  readonly kind: 'move';
  readonly parent?: number | null;
  readonly unit: number;
} | {
  readonly code: string;
  readonly from: string;
  readonly kind: 'merge';
  readonly name: string;
  readonly parent?: number | null;
  readonly units: readonly number[];
} | {
  readonly from: string;
  readonly kind: 'split';
  readonly parts: readonly SplitPart[];
  readonly unit: number;
} | {
  readonly from: string;
  readonly kind: 'abolish';
  readonly unit: number;
};

/** A unit with its history. */
export interface UnitDetail {
  readonly code: string;
  /** As far as it may be seen, the oldest first. */
  readonly history: readonly UnitView[];
  readonly id: number;
  readonly revision: number;
}

/** A unit that would change. */
export interface UnitFate {
  readonly code: string;
  readonly fate: Fate;
  /** Its name afterwards; of one that ends, its last. */
  readonly name: string;
  /** The name of the unit above it afterwards, if there is one. */
  readonly parent?: string | null;
}

/** A unit as it is on a day. */
export interface UnitView {
  readonly code: string;
  /** The first day on which it is so. */
  readonly from: string;
  readonly id: number;
  readonly name: string;
  /** The unit above it, if it may be seen. */
  readonly parent?: number | null;
  /** Counts its changes. */
  readonly revision: number;
  /** The first day on which it is no longer so. */
  readonly to?: string | null;
}

/** A briefing that begins at once. */
export interface Urgent {
  readonly expected?: readonly ExpectedView[];
  readonly minutes: number;
  /** The room's rules; it is made for this meeting. */
  readonly rules: RulesView;
}

/** The way into a room. */
export interface WayIn {
  /** The lobby's address. It is good for this person alone, until the next time that it is asked for. */
  readonly url: string;
}

/** Who signed in. */
export interface Who {
  /** Whether there is anything to administer. */
  readonly administers: boolean;
  /** Whether it is the whole organisation. */
  readonly administers_all: boolean;
  /** The name. */
  readonly name: string;
  /** The person's number. */
  readonly person: number;
}

/** Every operation: what it takes and what it answers when it is done. */
export interface Operations {
  /** Sets name and password by a one-time link. */
  'POST /api/v1/account/activate': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Activation;
    readonly answer: undefined;
  };
  /** Asks for one-time codes from now on; all other sessions end. */
  'PUT /api/v1/account/codes': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Codes;
    readonly answer: undefined;
  };
  /** A fresh secret of one-time codes; it counts once it is proved. */
  'POST /api/v1/account/codes': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: FreshCodes;
  };
  /** Sets another password; all other sessions end. */
  'PUT /api/v1/account/password': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: NewPassword;
    readonly answer: undefined;
  };
  /** The record of acts. */
  'GET /api/v1/acts': {
    readonly path: undefined;
    readonly query: { readonly before?: number; readonly limit?: number; readonly actor?: number; readonly unit?: number; readonly kind?: string; readonly from?: number; readonly to?: number };
    readonly body: undefined;
    readonly answer: Acts;
  };
  /** Reads the whole record and says whether it holds. One check at a time. */
  'GET /api/v1/acts/chain': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Chain;
  };
  /** The administrators of what I administer. */
  'GET /api/v1/appointments': {
    readonly path: undefined;
    readonly query: { readonly after?: number; readonly limit?: number; readonly as_of?: string; readonly unit?: number; readonly below?: boolean; readonly q?: string };
    readonly body: undefined;
    readonly answer: Page_AppointmentView;
  };
  /** Makes a person an administrator of a unit below my own. */
  'POST /api/v1/appointments': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: NewAppointment;
    readonly answer: Changed;
  };
  /** Ends an appointment. */
  'DELETE /api/v1/appointments/{appointment}': {
    readonly path: { readonly appointment: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Changed;
  };
  /** Books a room, once or again and again. */
  'POST /api/v1/bookings': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: NewBooking;
    readonly answer: BookingView;
  };
  /** What stands in a plan's way, before it is kept. */
  'POST /api/v1/bookings/check': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Question;
    readonly answer: Outlook;
  };
  /** Begins a briefing at once (họp khẩn), in a room made for it. */
  'POST /api/v1/bookings/now': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Urgent;
    readonly answer: Convened;
  };
  /** One booking. */
  'GET /api/v1/bookings/{booking}': {
    readonly path: { readonly booking: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: BookingView;
  };
  /** Changes a booking, all of a series; meetings that were moved or cancelled stay so where the series still has them. */
  'PUT /api/v1/bookings/{booking}': {
    readonly path: { readonly booking: number };
    readonly query: undefined;
    readonly body: NewBooking;
    readonly answer: BookingView;
  };
  /** Cancels all of a booking. */
  'POST /api/v1/bookings/{booking}/cancel': {
    readonly path: { readonly booking: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: BookingView;
  };
  /** Moves one meeting. */
  'PUT /api/v1/bookings/{booking}/meetings/{original}': {
    readonly path: { readonly booking: number; readonly original: string };
    readonly query: undefined;
    readonly body: MovedMeeting;
    readonly answer: BookingView;
  };
  /** Cancels one meeting. */
  'DELETE /api/v1/bookings/{booking}/meetings/{original}': {
    readonly path: { readonly booking: number; readonly original: string };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: BookingView;
  };
  /** Puts one meeting back as the series has it. */
  'POST /api/v1/bookings/{booking}/meetings/{original}/restore': {
    readonly path: { readonly booking: number; readonly original: string };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: BookingView;
  };
  /** The roll of a meeting, as it stands. */
  'GET /api/v1/bookings/{booking}/meetings/{original}/roll': {
    readonly path: { readonly booking: number; readonly original: string };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: RollView;
  };
  /** The same as a table. */
  'GET /api/v1/bookings/{booking}/meetings/{original}/roll.csv': {
    readonly path: { readonly booking: number; readonly original: string };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: string;
  };
  /** The briefings to which the owner of this address is called. Titles that a classification keeps are not in it. */
  'GET /api/v1/feeds/{file}': {
    readonly path: { readonly file: string };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: string;
  };
  /** The briefings of the next 24 hours, and those that run, to which I am called. */
  'GET /api/v1/me/briefings': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: readonly Briefing[];
  };
  /** Gives my calendar an address for other programs; the one before shows nothing any more. */
  'POST /api/v1/me/feed': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Feed;
  };
  /** Ends the address of my calendar. */
  'DELETE /api/v1/me/feed': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Gives me a seat in a room, with an address to enter it by. Who is not expected waits there for the chair. */
  'POST /api/v1/me/rooms/{room}/enter': {
    readonly path: { readonly room: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: WayIn;
  };
  /** The meetings of a stretch of time in the rooms that I administer. */
  'GET /api/v1/meetings': {
    readonly path: undefined;
    readonly query: { readonly from: string; readonly to: string; readonly room?: number; readonly unit?: number; readonly below?: boolean; readonly skip?: number; readonly limit?: number };
    readonly body: undefined;
    readonly answer: Meetings;
  };
  /** The people of the units that I administer, as they were on a day. */
  'GET /api/v1/people': {
    readonly path: undefined;
    readonly query: { readonly after?: number; readonly limit?: number; readonly as_of?: string; readonly unit?: number; readonly below?: boolean; readonly q?: string };
    readonly body: undefined;
    readonly answer: Page_PersonView;
  };
  /** Enters a person. */
  'POST /api/v1/people': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: NewPerson;
    readonly answer: Changed;
  };
  /** The people of the units that I administer, as a table. */
  'GET /api/v1/people.csv': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: string;
  };
  /** Takes in a table of people: `code,name,unit,rank,duty,clearance,mail`. People that it does not name stay as they are. */
  'POST /api/v1/people.csv': {
    readonly path: undefined;
    readonly query: { readonly dry_run?: boolean; readonly from?: string };
    readonly body: string;
    readonly answer: Taken;
  };
  /** One person. */
  'GET /api/v1/people/{person}': {
    readonly path: { readonly person: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: PersonView;
  };
  /** Replaces what is known of a person. */
  'PUT /api/v1/people/{person}': {
    readonly path: { readonly person: number };
    readonly query: undefined;
    readonly body: DetailsView;
    readonly answer: Changed;
  };
  /** Makes a link by which a person sets name and password; earlier links end. */
  'POST /api/v1/people/{person}/account-link': {
    readonly path: { readonly person: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: AccountLink;
  };
  /** Puts a person into another unit from a day on. */
  'POST /api/v1/people/{person}/move': {
    readonly path: { readonly person: number };
    readonly query: undefined;
    readonly body: MovePerson;
    readonly answer: Changed;
  };
  /** A person leaves; all that was administered ends with it. */
  'POST /api/v1/people/{person}/retire': {
    readonly path: { readonly person: number };
    readonly query: undefined;
    readonly body: FirstDay;
    readonly answer: Changed;
  };
  /** What each classification allows. */
  'GET /api/v1/policy': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: readonly AllowanceView[];
  };
  /** The rooms of the units that I administer. */
  'GET /api/v1/rooms': {
    readonly path: undefined;
    readonly query: { readonly after?: number; readonly limit?: number; readonly unit?: number; readonly below?: boolean; readonly q?: string; readonly closed?: boolean };
    readonly body: undefined;
    readonly answer: Page_RoomView;
  };
  /** Makes a room. It can be entered at once. */
  'POST /api/v1/rooms': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: RulesView;
    readonly answer: RoomView;
  };
  /** One room. */
  'GET /api/v1/rooms/{room}': {
    readonly path: { readonly room: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: RoomView;
  };
  /** Replaces a room's rules, also while it is in use: whoever is in stays in. A classification that allows no links ends the room's links. */
  'PUT /api/v1/rooms/{room}': {
    readonly path: { readonly room: number };
    readonly query: undefined;
    readonly body: RulesView;
    readonly answer: RoomView;
  };
  /** Closes a room for good: whoever is in it is sent out. */
  'POST /api/v1/rooms/{room}/close': {
    readonly path: { readonly room: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: RoomView;
  };
  /** The living links of a room. */
  'GET /api/v1/rooms/{room}/links': {
    readonly path: { readonly room: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: readonly RoomLink[];
  };
  /** Makes a link into a room. */
  'POST /api/v1/rooms/{room}/links': {
    readonly path: { readonly room: number };
    readonly query: undefined;
    readonly body: NewRoomLink;
    readonly answer: MadeLink;
  };
  /** Ends a link; whoever holds its seat is sent out. */
  'DELETE /api/v1/rooms/{room}/links/{link}': {
    readonly path: { readonly room: number; readonly link: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Who I am. */
  'GET /api/v1/session': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: Who;
  };
  /** Signs in. The answer sets the session's cookie; a session presented before ends. */
  'POST /api/v1/session': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Credentials;
    readonly answer: Who;
  };
  /** Signs out here. */
  'DELETE /api/v1/session': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Signs out everywhere. */
  'DELETE /api/v1/sessions': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** The templates of the units that I administer. */
  'GET /api/v1/templates': {
    readonly path: undefined;
    readonly query: { readonly after?: number; readonly limit?: number; readonly as_of?: string; readonly unit?: number; readonly below?: boolean; readonly q?: string };
    readonly body: undefined;
    readonly answer: Page_TemplateView;
  };
  /** Makes a template. */
  'POST /api/v1/templates': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: NewTemplate;
    readonly answer: TemplateView;
  };
  /** One template. */
  'GET /api/v1/templates/{template}': {
    readonly path: { readonly template: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: TemplateView;
  };
  /** Replaces a template. Rooms that were made from it stay as they are. */
  'PUT /api/v1/templates/{template}': {
    readonly path: { readonly template: number };
    readonly query: undefined;
    readonly body: NewTemplate;
    readonly answer: TemplateView;
  };
  /** Offers a template no more. */
  'DELETE /api/v1/templates/{template}': {
    readonly path: { readonly template: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: TemplateView;
  };
  /** The units that I administer, as they were on a day. */
  'GET /api/v1/units': {
    readonly path: undefined;
    readonly query: { readonly after?: number; readonly limit?: number; readonly as_of?: string; readonly unit?: number; readonly below?: boolean; readonly q?: string };
    readonly body: undefined;
    readonly answer: Page_UnitView;
  };
  /** Makes a unit. */
  'POST /api/v1/units': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: NewUnit;
    readonly answer: Changed;
  };
  /** The units that I administer, as a table. */
  'GET /api/v1/units.csv': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: string;
  };
  /** Takes in a table of units: `code,name,parent`. Units that it does not name stay as they are. */
  'POST /api/v1/units.csv': {
    readonly path: undefined;
    readonly query: { readonly dry_run?: boolean; readonly from?: string };
    readonly body: string;
    readonly answer: Taken;
  };
  /** Puts one new unit in the place of several. */
  'POST /api/v1/units/merge': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Merger;
    readonly answer: Changed;
  };
  /** Says what a change of units would come to. Nothing is changed. */
  'POST /api/v1/units/preview': {
    readonly path: undefined;
    readonly query: undefined;
    readonly body: Thought;
    readonly answer: Preview;
  };
  /** One unit with its history. */
  'GET /api/v1/units/{unit}': {
    readonly path: { readonly unit: number };
    readonly query: undefined;
    readonly body: undefined;
    readonly answer: UnitDetail;
  };
  /** Ends a unit; what lies below it and who belongs to it goes up. */
  'POST /api/v1/units/{unit}/abolish': {
    readonly path: { readonly unit: number };
    readonly query: undefined;
    readonly body: FirstDay;
    readonly answer: Changed;
  };
  /** Puts a unit, with all below it, under another one from a day on. */
  'POST /api/v1/units/{unit}/move': {
    readonly path: { readonly unit: number };
    readonly query: undefined;
    readonly body: MoveUnit;
    readonly answer: Changed;
  };
  /** Gives a unit another name from a day on. */
  'POST /api/v1/units/{unit}/rename': {
    readonly path: { readonly unit: number };
    readonly query: undefined;
    readonly body: Rename;
    readonly answer: Changed;
  };
  /** Puts several new units in the place of one. */
  'POST /api/v1/units/{unit}/split': {
    readonly path: { readonly unit: number };
    readonly query: undefined;
    readonly body: Split;
    readonly answer: Changed;
  };
}
