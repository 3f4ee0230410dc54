/** The room of one tab: joins session, state and media together and gives views what `room.ts` promises. */
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Counters, countersOf, type Network, networkBetween } from '../engine/network';
import { Peer } from '../engine/peer';
import type { PictureState } from '../engine/pictures';
import { type Playback, playbackOf } from '../engine/playback';
import { type Request, RequestError } from '../engine/socket';
import { SeatStore } from '../engine/storage';
import { isSupported } from '../engine/support';
import type { ChairAction, MemberState, ServerMessage, WireSource } from '../gen/wire';
import type { Diagnosis } from './diagnosis';
import { Diary } from './diary';
import { LineProbe } from './line-probe';
import { MediaLoss } from './media-loss';
import { OwnSources } from './own-media';
import { PlaybackReporter, QualityWatch, troubleOf } from './quality';
import { ReceivedMedia } from './received-media';
import { applyDelta, fromSnapshot, type RoomState } from './reducer';
import type {
  LobbyInfo,
  Notice,
  Outcome,
  OwnMedia,
  Phase,
  PicturePlace,
  Room,
  RoomErrorCode,
  View,
} from './room';
import { handQueue, inOrder, isPresent } from './roster';
import { type Self, Session } from './session';

/** Between readings of the browser's counters, in ms. */
const STATS_PERIOD_MS = 1000;
/** The network is told over so many periods. */
const NETWORK_PERIODS = 2;

const NO_MEMBERS: ReadonlyMap<number, MemberState> = new Map();

/** Where the page is: its room, and the link's secret if the address holds one. */
export interface Address {
  readonly room: string;
  readonly link: string | null;
  readonly origin: string;
}

/** Reads the page's address and takes the secret out of it, so that a shared screen does not show it. */
export function takeAddress(): Address {
  const { pathname, search, hash, origin } = location;
  const link = hash.length > 1 ? hash.slice(1) : null;
  if (link !== null) history.replaceState(history.state, '', pathname + search);
  return { room: /^\/r\/([^/]+)/.exec(pathname)?.[1] ?? '', link, origin };
}

/** The room that the page's address names. */
export function createRoom(address: Address = takeAddress()): Room {
  return new RoomClient(address);
}

class RoomClient implements Room {
  readonly connected: ReadonlySignal<boolean>;
  readonly info: Room['info'];
  readonly own: ReadonlySignal<MemberState | null>;
  readonly members: ReadonlySignal<readonly MemberState[]>;
  readonly order: ReadonlySignal<readonly number[]>;
  readonly present: ReadonlySignal<readonly MemberState[]>;
  readonly waiting: ReadonlySignal<readonly MemberState[]>;
  readonly hands: ReadonlySignal<readonly MemberState[]>;
  readonly stage: Room['stage'];
  readonly locked: ReadonlySignal<boolean>;
  readonly mutedAll: ReadonlySignal<boolean>;
  readonly acting: ReadonlySignal<number | null>;

  private readonly state = signal<RoomState | null>(null);
  private readonly mediaUp = signal(false);
  private readonly mediaLost = new MediaLoss();
  private readonly qualityWatch = new QualityWatch();
  private readonly diary = new Diary();
  private readonly reporter = new PlaybackReporter();
  private readonly networkSignal = signal<Network | null>(null);
  private readonly offset = signal(0);
  private readonly supported = isSupported();
  private readonly refused = signal<Phase | null>(null);
  private readonly rows = new Map<number, ReadonlySignal<MemberState | null>>();
  private readonly listeners = new Set<(notice: Notice) => void>();
  private readonly seat: SeatStore;
  private readonly session: Session;
  private readonly peer: Peer;
  private readonly probe = new LineProbe(() => this.session.secret);
  private readonly sources: OwnSources;
  private readonly received: ReceivedMedia;
  private readonly ending = new AbortController();
  private readonly phaseSignal: ReadonlySignal<Phase>;
  private socketRtt: number | null = null;
  private resyncing = false;

  constructor(private readonly address: Address) {
    this.seat = new SeatStore(address.room);
    this.session = new Session(this.seat, this.sessionOwner(), address.origin);
    this.peer = new Peer(this.peerOwner());
    this.received = new ReceivedMedia(
      {
        send: (message) => this.session.socket.send(message),
        self: () => this.session.self.value?.member ?? null,
        stage: () => this.state.value?.stage.source ?? null,
        members: () => this.state.value?.members ?? NO_MEMBERS,
        ownStream: (kind) => this.sources.stream(kind),
      },
      this.peer,
    );
    this.sources = new OwnSources(this.sourcesOwner(), this.seat);
    this.phaseSignal = computed(() => this.refused.value ?? this.session.phase.value);
    this.connected = this.mediaUp;
    this.info = computed(() => this.state.value?.room ?? this.session.lobby.value?.room ?? null);
    this.members = computed(() => inOrder((this.state.value?.members ?? NO_MEMBERS).values()));
    this.order = unchanging(() => this.members.value.map((row) => row.member));
    this.present = computed(() => this.members.value.filter(isPresent));
    this.waiting = computed(() => {
      const { members, waiting } = this.state.value ?? { members: NO_MEMBERS, waiting: [] };
      return waiting.flatMap((member) => members.get(member) ?? []);
    });
    this.hands = computed(() => handQueue(this.members.value));
    this.own = computed(() => this.rowOf(this.session.self.value?.member ?? -1));
    this.stage = computed(() => this.state.value?.stage ?? null);
    this.locked = computed(() => this.state.value?.locked ?? false);
    this.mutedAll = computed(() => this.state.value?.mutedAll ?? false);
    this.acting = computed(() => this.state.value?.acting ?? null);
    this.listen();
  }

  get mediaLostSince(): ReadonlySignal<number | null> {
    return this.mediaLost.since;
  }
  get quietSince(): ReadonlySignal<number | null> {
    return this.session.quietSince;
  }
  get linkEnds(): ReadonlySignal<number | null> {
    return this.session.until;
  }
  get phase(): ReadonlySignal<Phase> {
    return this.phaseSignal;
  }
  get lobby(): ReadonlySignal<LobbyInfo | null> {
    return this.session.lobby;
  }
  get self(): ReadonlySignal<Self | null> {
    return this.session.self;
  }
  get media(): ReadonlySignal<OwnMedia> {
    return this.sources.media;
  }
  get ownScreen(): ReadonlySignal<MediaStream | null> {
    return this.sources.screen;
  }
  get devices(): Room['devices'] {
    return this.sources.devices;
  }
  get network(): ReadonlySignal<Network | null> {
    return this.networkSignal;
  }
  get quality(): Room['quality'] {
    return this.qualityWatch.sites;
  }
  get line(): Room['line'] {
    return this.probe.state;
  }
  get clockOffset(): ReadonlySignal<number> {
    return this.offset;
  }
  get soundBlocked(): ReadonlySignal<boolean> {
    return this.received.sound.blocked;
  }
  get stagePicture(): ReadonlySignal<PictureState> {
    return this.received.stagePicture;
  }

  member(id: number): ReadonlySignal<MemberState | null> {
    let row = this.rows.get(id);
    if (row === undefined) {
      row = computed(() => this.rowOf(id));
      this.rows.set(id, row);
    }
    return row;
  }

  async open(): Promise<void> {
    if (!this.supported) {
      this.refused.value = { name: 'lobby', error: 'browser_too_old' };
      return;
    }
    const record = this.seat.read();
    const held = await this.session.open(this.address.link);
    if (held) await this.sources.restore(record);
    else this.probe.arrive();
  }

  join(options: { readonly takeOver?: boolean } = {}): Promise<void> {
    this.probe.stop();
    if (this.supported) this.session.join(options.takeOver ?? false);
    return Promise.resolve();
  }

  testLine(): void {
    if (this.phase.value.name === 'lobby') void this.probe.run();
  }

  leave(): void {
    this.session.leave();
  }

  async setMicrophone(open: boolean): Promise<void> {
    await this.sources.setMicrophone(open);
  }

  pushToTalk(down: boolean): void {
    if (!down || this.phase.value.name === 'live') this.sources.pushToTalk(down);
  }

  async setCamera(on: boolean): Promise<void> {
    await this.sources.setCamera(on);
  }

  shareScreen(): Promise<Outcome> {
    return this.sources.shareScreen();
  }

  stopSharing(): void {
    this.sources.stopSharing();
  }

  raiseHand(raised: boolean): Promise<Outcome> {
    return this.outcomeOf({ type: 'hand', raised });
  }

  chair(order: ChairAction): Promise<Outcome> {
    return this.outcomeOf({ type: 'chair', order });
  }

  watchQuality(on: boolean): Promise<Outcome> {
    this.qualityWatch.watch(on);
    return this.outcomeOf({ type: 'watch_quality', on });
  }

  async diagnosis(): Promise<Diagnosis> {
    const { camera, microphone } = this.devices;
    const { diagnosisOf } = await import('./diagnosis');
    return diagnosisOf(this.diary.notes(), {
      phase: this.phase.value,
      camera: camera.value,
      microphone: microphone.value,
      agent: navigator.userAgent,
      cores: navigator.hardwareConcurrency,
    });
  }

  async unblockSound(): Promise<void> {
    await this.received.sound.unblock();
  }

  setView(view: View): void {
    this.received.setView(view);
  }

  attachStage(place: PicturePlace): () => void {
    return this.received.attachStage(place);
  }

  attachTile(source: WireSource, place: PicturePlace): () => void {
    return this.received.attachTile(source, place);
  }

  picture(source: WireSource): ReadonlySignal<PictureState> {
    return this.received.picture(source);
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dialogOpened(): void {
    this.sources.releaseTalk();
  }

  dispose(): void {
    this.ending.abort();
    this.probe.stop();
    this.session.dispose();
    this.peer.close();
    this.sources.stop();
    this.sources.dispose();
    this.received.stop();
  }

  private rowOf(id: number): MemberState | null {
    return this.state.value?.members.get(id) ?? null;
  }

  private sessionOwner(): ConstructorParameters<typeof Session>[1] {
    return {
      onWelcome: () => this.onWelcome(),
      onLost: () => this.sources.releaseTalk(),
      onMessage: (message) => batch(() => this.onMessage(message)),
      onOut: () => this.onOut(),
      onEnd: () => this.sources.stop(),
      onError: (error) => this.notify({ name: 'error', error }),
      nameOf: (member) => this.rowOf(member)?.name ?? null,
      onClock: (clock) => {
        this.socketRtt = clock.rtt;
        this.offset.value = Math.round(clock.offset);
      },
    };
  }

  private peerOwner(): ConstructorParameters<typeof Peer>[0] {
    return {
      offer: async (peer, sdp, sections) => {
        const reply = await this.session.socket.request({ type: 'offer', peer, sdp, sections });
        if (reply.type !== 'answer') throw new RequestError('bad_message');
        return reply.sdp;
      },
      onConnected: (connected) => {
        batch(() => {
          this.mediaLost.connected(connected);
          this.mediaUp.value = connected;
        });
      },
      onRebuilt: () => this.received.rebuilt(),
      onSlots: () => this.received.streamsChanged(),
      onRefused: (error) => this.notify({ name: 'error', error }),
    };
  }

  private sourcesOwner(): ConstructorParameters<typeof OwnSources>[0] {
    return {
      send: (message) => void this.session.socket.send(message),
      setTrack: (kind, track) => this.peer.setTrack(kind, track),
      notify: (notice) => this.notify(notice),
      mayTalk: () => this.own.value?.muted !== true,
      onPicture: () => this.received.update(),
      onCapturing: () => {
        if (this.received.sound.blocked.value) void this.received.sound.unblock();
      },
      onSpeaker: (deviceId) => this.received.sound.setSpeaker(deviceId),
    };
  }

  private onWelcome(): void {
    // It may be wanted when nothing can be fetched any more.
    void import('./diagnosis').catch(() => undefined);
    this.resyncing = false;
    this.received.sound.setSpeaker(this.devices.speaker.value);
    this.sources.announce();
    this.received.welcomed();
    if (this.qualityWatch.isWatching) void this.watchQuality(true);
    this.peer.socketOpened();
  }

  private onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.resyncing = false;
        this.setState(fromSnapshot(message.snapshot));
        this.session.entered();
        this.received.update();
        break;
      case 'delta':
        this.onDelta(message);
        break;
      case 'slots':
        this.received.assign(message.slots);
        break;
      case 'slot_switched':
        this.received.switched(message.slot, message.epoch, message.timestamp);
        break;
      case 'quality':
        this.qualityWatch.take(message.sites);
        break;
      case 'microphone_closed':
        this.sources.closeMicrophone();
        this.notify({ name: 'microphone_closed' });
        break;
      default:
        break;
    }
  }

  private onDelta(delta: Extract<ServerMessage, { type: 'delta' }>): void {
    const before = this.state.value;
    const next = before === null ? null : applyDelta(before, delta.version, delta.changes);
    if (next !== null) {
      this.setState(next);
      this.received.update();
    } else if (!this.resyncing) {
      this.resyncing = this.session.socket.send({ type: 'resync' });
    }
  }

  private setState(next: RoomState): void {
    const self = this.session.self.value?.member ?? -1;
    const before = this.state.value?.members.get(self)?.muted;
    const now = next.members.get(self)?.muted ?? false;
    const acted = this.state.value?.acting === self;
    this.state.value = next;
    if (acted !== (next.acting === self)) this.notify({ name: acted ? 'acting_ended' : 'acting' });
    if (now && before !== true) this.sources.closeMicrophone();
    if (before !== undefined && before !== now) this.notify({ name: now ? 'muted' : 'unmuted' });
  }

  private onOut(): void {
    this.peer.close();
    this.received.stop();
    this.networkSignal.value = null;
  }

  private async outcomeOf(request: Request): Promise<Outcome> {
    try {
      await this.session.socket.request(request);
      return { ok: true };
    } catch (error) {
      const code: RoomErrorCode = error instanceof RequestError ? error.code : 'internal';
      return { ok: false, error: code };
    }
  }

  private notify(notice: Notice): void {
    this.diary.notice(notice);
    for (const listener of this.listeners) listener(notice);
  }

  private listen(): void {
    const { signal: until } = this.ending;
    const wake = () => {
      this.session.socket.wake();
      this.peer.wake();
    };
    addEventListener('online', wake, { signal: until });
    addEventListener('pageshow', wake, { signal: until });
    addEventListener('blur', () => this.sources.releaseTalk(), { signal: until });
    // The same tab is given another link: the address changes, the page does not.
    addEventListener('hashchange', () => location.reload(), { signal: until });
    const visibility = () => {
      if (document.hidden) this.sources.releaseTalk();
      else wake();
      this.received.update();
    };
    document.addEventListener('visibilitychange', visibility, { signal: until });
    const diary = [
      effect(() => this.diary.phase(this.phase.value)),
      effect(() => this.diary.media(this.mediaUp.value)),
    ];
    until.addEventListener('abort', () => {
      for (const end of diary) end();
    });
    let readings: readonly Counters[] = [];
    const timer = setInterval(() => {
      void this.measure(readings).then((now) => {
        readings = now === null ? [] : [...readings, now].slice(-NETWORK_PERIODS);
      });
    }, STATS_PERIOD_MS);
    until.addEventListener('abort', () => clearInterval(timer));
  }

  private tellPlayback(playback: Playback): void {
    const { camera, microphone } = this.devices;
    const report = this.reporter.report(Date.now(), playback, troubleOf(camera.value, microphone.value));
    if (report !== null) this.session.socket.send(report);
  }

  /** Whether somebody says that he can be heard: then something comes all the time. */
  private expectsMedia(): boolean {
    const self = this.session.self.value?.member;
    return this.present.value.some((row) => row.member !== self && row.speaking);
  }

  private async measure(readings: readonly Counters[]): Promise<Counters | null> {
    const report = await this.peer.stats();
    if (report === null) return null;
    const rows = [...(report.entries() as Iterable<[string, unknown]>)];
    this.diary.counters(rows);
    const now = countersOf(rows, Date.now());
    const [before] = readings;
    this.mediaLost.counted(readings.at(-1) ?? null, now, this.expectsMedia());
    if (!this.mediaUp.value) {
      this.networkSignal.value = { bars: 0, rtt: 0, loss: 0, sending: 0, receiving: 0 };
    } else if (before !== undefined) {
      this.tellPlayback(playbackOf(rows));
      this.networkSignal.value = networkBetween(before, now, this.socketRtt);
      this.diary.network(this.networkSignal.value);
    }
    return now;
  }
}

/** A computed list that stays the same object while its entries do. */
function unchanging(compute: () => readonly number[]): ReadonlySignal<readonly number[]> {
  let last: readonly number[] = [];
  return computed(() => {
    const next = compute();
    if (next.length !== last.length || next.some((entry, index) => entry !== last[index])) last = next;
    return last;
  });
}
