/**
 * The border between the room's state and whoever draws it.
 *
 * A view reads the signals and calls the commands of one {@link Room}; it never sees a socket, a slot or a
 * peer connection. Everything here is plain data or a function, so a view can be drawn over a fake room too.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { LinkInfo } from '../engine/api';
import type { DeviceState, SoundProcessing } from '../engine/capture';
import type { DeviceOption } from '../engine/devices';
import type { Network } from '../engine/network';
import type {
  ChairAction,
  EndReason,
  ErrorCode,
  MemberState,
  MicrophoneState,
  Role,
  RoomInfo,
  SiteQuality,
  Stage,
  WireSource,
} from '../gen/wire';
import type { Diagnosis } from './diagnosis';
import type { LineState } from './line-probe';

export type { LinkInfo as LobbyInfo } from '../engine/api';
export type { DeviceProblem, DeviceState, SoundProcessing } from '../engine/capture';
export type { DeviceOption } from '../engine/devices';
export type { Line } from '../engine/line';
export type { Network } from '../engine/network';
export type {
  ChairAction,
  Classification,
  EndReason,
  ErrorCode,
  Grade,
  LinkQuality,
  MemberState,
  MicrophoneState,
  Presence,
  Role,
  RoomInfo,
  SiteQuality,
  Stage,
  StageRule,
  WireSource,
  WireSourceKind,
} from '../gen/wire';

export type { LineState } from './line-probe';

/** What can go wrong before or beside the wire: the gateway's own codes, and these of the client. */
export type ClientErrorCode =
  /** The page was opened without a link's secret and holds no seat. */
  | 'link_missing'
  /** The gateway does not answer. */
  | 'unreachable'
  /** The browser lacks what the room needs. */
  | 'browser_too_old'
  /** A request was not answered because the connection was lost; it may or may not have been carried out. */
  | 'connection_lost'
  /** The browser or the system could not share a screen. */
  | 'share_failed';

/** Every code a view must have words for. */
export type RoomErrorCode = ErrorCode | ClientErrorCode;

/** Where the client stands. Times are this computer's `Date.now()`. */
export type Phase =
  /** Nothing was asked yet. */
  | { readonly name: 'idle' }
  /** In front of the room: the link was looked up, or `error` says why it could not be. */
  | { readonly name: 'lobby'; readonly error: RoomErrorCode | null }
  /** Asked to be let in. */
  | { readonly name: 'joining'; readonly since: number }
  /** At the door: let in without a click as soon as lock and places allow. `place`: in the queue, from 1. */
  | { readonly name: 'waiting'; readonly code: RoomErrorCode; readonly place: number }
  /** In the room. */
  | { readonly name: 'live' }
  /** In the room, the connection is being brought back. No click is needed; never given up while the seat lives. */
  | { readonly name: 'recovering'; readonly since: number }
  /** Over. `by`: the name of who ordered it, if someone did. */
  | {
      readonly name: 'ended';
      readonly reason: EndReason | 'refused';
      readonly error: RoomErrorCode | null;
      readonly by?: string | null;
    };

/** What a request came to. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: RoomErrorCode };

/** Cameras, microphones and speakers, and the own picture. None of this ever blocks joining. */
export interface Devices {
  readonly cameras: ReadonlySignal<readonly DeviceOption[]>;
  readonly microphones: ReadonlySignal<readonly DeviceOption[]>;
  /** Empty where the browser cannot choose one. */
  readonly speakers: ReadonlySignal<readonly DeviceOption[]>;
  readonly camera: ReadonlySignal<DeviceState>;
  readonly microphone: ReadonlySignal<DeviceState>;
  /** The chosen speaker's id; empty for the system's. */
  readonly speaker: ReadonlySignal<string>;
  /** What the browser does to the sound of the own microphone. */
  readonly processing: ReadonlySignal<SoundProcessing>;
  /** The own camera's picture while it captures; draw it mirrored. */
  readonly ownPicture: ReadonlySignal<MediaStream | null>;
  /** Loudness of the own microphone, 0 to 1, also while it is closed; 10 times a second. */
  readonly level: ReadonlySignal<number>;
  /** Opens camera and microphone for the lobby's preview; asks the person when the browser has to. */
  preview(): Promise<void>;
  /** Starts the camera, or tries again after a failure. */
  startCamera(): Promise<void>;
  stopCamera(): void;
  /** Starts the microphone (closed until opened by {@link Room.setMicrophone}), or tries again. */
  startMicrophone(): Promise<void>;
  stopMicrophone(): void;
  chooseCamera(deviceId: string): Promise<void>;
  chooseMicrophone(deviceId: string): Promise<void>;
  chooseSpeaker(deviceId: string): Promise<void>;
  chooseProcessing(processing: SoundProcessing): Promise<void>;
  /** Plays a short tone on the chosen speaker; rejects where the browser cannot play. */
  testSpeaker(): Promise<void>;
}

/** What the room hears and sees of the own seat. */
export interface OwnMedia {
  /** The microphone, as the room hears it. */
  readonly microphone: MicrophoneState;
  readonly camera: boolean;
  readonly screen: boolean;
}

/** What a tile shows. */
export type Picture =
  /** The source sends no picture (camera off, member away) or no slot is left: crest and name. */
  | 'none'
  /** A picture is on its way, what the element holds must not be seen: crest and name. */
  | 'covered'
  /** The element shows this source and nothing else. */
  | 'shown';

/**
 * A place for a picture, without children. The room puts a video element into it and sets the attribute `data-covered`
 * (present = must not be seen) by itself and at the painted frame, ahead of any signal; the style sheet hides
 * what is covered with `opacity: 0`, never with `visibility: hidden` (docs/adr/0002-when-a-frame-is-painted.md).
 */
export type PicturePlace = HTMLElement;

/** What a view wants to see. */
export interface View {
  /** Height of the stage in CSS pixels; 0 when no stage is drawn. */
  readonly stageHeight: number;
  /** The tiles in the order of their importance, with their heights in CSS pixels. */
  readonly tiles: readonly { readonly source: WireSource; readonly height: number }[];
  /** Height of the stage in a small window above all others, seen also while the page itself is hidden; 0 without one. */
  readonly miniatureHeight?: number;
}

/** Something that happened and is worth a sentence. */
export type Notice =
  /** The gateway closed the microphone: the push-to-talk had no heartbeat, or the chair muted it. */
  | { readonly name: 'microphone_closed' }
  /** The chair muted the own seat, or lets it speak again. */
  | { readonly name: 'muted' }
  | { readonly name: 'unmuted' }
  /** The chair is gone and the own seat leads in his place, or no longer does. */
  | { readonly name: 'acting' }
  | { readonly name: 'acting_ended' }
  /** The microphone or camera in use was pulled out. Nothing else is put in the microphone's place. */
  | { readonly name: 'microphone_unplugged' }
  | { readonly name: 'camera_unplugged' }
  /** Another camera took the place of the one that was pulled out. */
  | { readonly name: 'camera_next' }
  /** The same device came back; a microphone stays closed. */
  | { readonly name: 'microphone_back' }
  | { readonly name: 'camera_back' }
  /** The browser or the person ended the screen share. */
  | { readonly name: 'share_ended' }
  /** A connection was refused or lost for a reason that has a code. */
  | { readonly name: 'error'; readonly error: RoomErrorCode };

/** The room as a view sees it. */
export interface Room {
  /** Where the client stands. */
  readonly phase: ReadonlySignal<Phase>;
  /** What the lobby shows; none until the link was looked up. */
  readonly lobby: ReadonlySignal<LinkInfo | null>;
  /** The room's title and classification, as soon as either lobby or room told them. */
  readonly info: ReadonlySignal<RoomInfo | null>;
  /** The own seat; none before the room is entered. */
  readonly self: ReadonlySignal<{ readonly member: number; readonly role: Role } | null>;
  /** The own row of the roster. */
  readonly own: ReadonlySignal<MemberState | null>;
  /** Every seat, chair first, then by member; the order never changes with loudness. */
  readonly members: ReadonlySignal<readonly MemberState[]>;
  /** The ids of {@link Room.members} alone: a list that draws its rows by {@link Room.member} follows this. */
  readonly order: ReadonlySignal<readonly number[]>;
  /** One row; the signal changes only when that row does. */
  member(id: number): ReadonlySignal<MemberState | null>;
  /** Members who are in the room or recovering, in the same order as {@link Room.members}. */
  readonly present: ReadonlySignal<readonly MemberState[]>;
  /** Who waits at the door, first come first; the chair may let them in. */
  readonly waiting: ReadonlySignal<readonly MemberState[]>;
  /** Raised hands, first come first. */
  readonly hands: ReadonlySignal<readonly MemberState[]>;
  readonly stage: ReadonlySignal<Stage | null>;
  readonly locked: ReadonlySignal<boolean>;
  readonly mutedAll: ReadonlySignal<boolean>;
  /** The deputy who stands in for the chair; `null` while the chair leads, or nobody can. */
  readonly acting: ReadonlySignal<number | null>;

  /** What the room sees and hears of the own seat. */
  readonly media: ReadonlySignal<OwnMedia>;
  /** The own screen while it is shared. */
  readonly ownScreen: ReadonlySignal<MediaStream | null>;
  readonly devices: Devices;
  readonly network: ReadonlySignal<Network | null>;
  /** What the test of the line in the lobby came to. */
  readonly line: ReadonlySignal<LineState>;
  /** Sound and picture pass: the media path is up. False while it is built or rebuilt. */
  readonly connected: ReadonlySignal<boolean>;
  /** Since when sound and picture that passed before do not, as `Date.now()`; `null` while they do. */
  readonly mediaLostSince: ReadonlySignal<number | null>;
  /** Since when the gateway is not heard though the connection stands, as `Date.now()`; `null` while it is. */
  readonly quietSince: ReadonlySignal<number | null>;
  /** How each site's connection is, by member; empty while it is not watched. */
  readonly quality: ReadonlySignal<ReadonlyMap<number, SiteQuality>>;
  /** Server time at which the own link ends; `null` if it does not. */
  readonly linkEnds: ReadonlySignal<number | null>;
  /** Server time minus `Date.now()`, in milliseconds. */
  readonly clockOffset: ReadonlySignal<number>;
  /** The browser refuses to play sound until the person clicks. */
  readonly soundBlocked: ReadonlySignal<boolean>;

  /** Looks the link up (or finds the seat this tab already holds, and then goes straight in). */
  open(): Promise<void>;
  /** Goes in with the devices as they are. `takeOver` pushes out the other connection after `seat_in_use`. */
  join(options?: { readonly takeOver?: boolean }): Promise<void>;
  /** Tests the line, unless a test runs; the lobby's first test begins by itself. */
  testLine(): void;
  /** Leaves the seat, or the place at the door. */
  leave(): void;

  /** Opens or closes the microphone. Opening starts the device if need be. */
  setMicrophone(open: boolean): Promise<void>;
  /** Push-to-talk: `true` on key down, `false` on key up. Everything else that must release it, the room sees to. */
  pushToTalk(down: boolean): void;
  setCamera(on: boolean): Promise<void>;
  /** Asks the browser for a screen or window. A person who cancels is no error. */
  shareScreen(): Promise<Outcome>;
  stopSharing(): void;
  raiseHand(raised: boolean): Promise<Outcome>;
  /** An order of the chair. */
  chair(order: ChairAction): Promise<Outcome>;
  /** Begins or ceases to be told how each site's connection is; refused to who may not. */
  watchQuality(on: boolean): Promise<Outcome>;
  /** What an operator needs to know of this call, without names, addresses or keys. */
  diagnosis(): Promise<Diagnosis>;
  /** Plays sound after {@link Room.soundBlocked}; call it from a click. */
  unblockSound(): Promise<void>;

  /** Says what the view wants to see; as often as it likes, the room paces it. */
  setView(view: View): void;
  /** Shows the stage in a place until the returned function is called. */
  attachStage(place: PicturePlace): () => void;
  /** Shows a source of {@link View.tiles} in a place until the returned function is called. */
  attachTile(source: WireSource, place: PicturePlace): () => void;
  /** What the place of this source shows. */
  picture(source: WireSource): ReadonlySignal<Picture>;
  /** What the stage's place shows. */
  readonly stagePicture: ReadonlySignal<Picture>;

  /** Calls back for everything that happens and is worth a sentence, until the returned function is called. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Tells the room that a dialog opened: releases push-to-talk. */
  dialogOpened(): void;
  /** Ends everything this object holds. */
  dispose(): void;
}
