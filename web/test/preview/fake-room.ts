/** A room without gateway, to look at every page: `vite`, then /test/preview/?page=room&sites=40&role=chair. */
import { computed, type Signal, signal } from '@preact/signals';
import { DESK } from '../../src/engine/capture';
import { videoOf } from '../../src/engine/picture-element';
import { diagnosisOf } from '../../src/state/diagnosis';
import { Diary } from '../../src/state/diary';
import type {
  ChairAction,
  Classification,
  DeviceState,
  LineState,
  LobbyInfo,
  MemberState,
  Network,
  Notice,
  Outcome,
  OwnMedia,
  Phase,
  Picture,
  Role,
  Room,
  RoomErrorCode,
  SiteQuality,
  Stage,
  WireSource,
} from '../../src/state/room';
import { handQueue, inOrder, isPresent } from '../../src/state/roster';

/** What the address asks for. */
export interface Wish {
  readonly page: string;
  readonly sites: number;
  readonly role: Role;
  readonly error: RoomErrorCode | null;
  readonly classification: Classification;
  readonly lost: number;
  readonly silent: boolean;
  readonly pinned: boolean;
  readonly sharing: boolean;
  readonly muted: boolean;
  readonly quiet: boolean;
  readonly camera: DeviceState;
  readonly soundBlocked: boolean;
  /** How the line test came out. */
  readonly line?: string | undefined;
  /** The chair is gone, and the own seat leads in his place. */
  readonly acting?: boolean;
  /** When the own link ends. */
  readonly linkEnds?: number | null;
  /** So many wait at the door. */
  readonly door?: number;
}

const NAMES = [
  'Sở chỉ huy vùng Bắc',
  'Điểm cầu 1',
  'Điểm cầu 2',
  'Trạm quan trắc Nghĩa Hưng',
  'Điểm cầu huyện đảo phía Đông',
  'Cụm kho Đồng Xuân',
  'Đội cứu hộ số 7',
  'Văn phòng thường trực phòng, chống thiên tai và tìm kiếm cứu nạn khu vực miền núi',
];

function roster(count: number): MemberState[] {
  return Array.from({ length: count }, (_, index) => ({
    member: index + 1,
    name: NAMES[index] ?? `Điểm cầu ${index - 4}`,
    role: index === 0 ? 'chair' : 'site',
    presence:
      index > 3 && index % 13 === 5 ? 'absent' : index > 3 && index % 17 === 6 ? 'recovering' : 'present',
    microphone: index % 5 === 0,
    camera: index % 7 !== 4,
    screen: false,
    muted: index % 11 === 3,
    hand: index === 2 || index === 3 || index === 9 ? { order: 20 - index } : null,
    speaking: index === 1,
  }));
}

/** A moving picture that tells whose it is. */
function picture(member: number, kind: string): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = kind === 'screen' ? 400 : 360;
  const context = canvas.getContext('2d');
  let frame = 0;
  const paint = () => {
    if (context === null) return;
    frame += 1;
    context.fillStyle =
      kind === 'screen' ? '#f4f4f0' : `hsl(${(member * 47) % 360} 30% ${28 + (member % 3) * 8}%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = kind === 'screen' ? '#333333' : 'rgb(255 255 255 / 40%)';
    if (kind === 'screen') {
      for (let line = 0; line < 12; line += 1)
        context.fillRect(40, 40 + line * 28, 300 + ((line * 97) % 220), 10);
    } else {
      context.beginPath();
      context.arc(320 + Math.sin(frame / 9) * 12, 170, 62, 0, 7);
      context.ellipse(320 + Math.sin(frame / 9) * 8, 360, 150, 120, 0, 0, 7);
      context.fill();
    }
  };
  paint();
  setInterval(paint, 200);
  return canvas.captureStream(5);
}

const OK: Outcome = { ok: true };

/** What the others and the network do. */
export interface Others {
  change(member: number, changes: Partial<MemberState>): void;
  leave(member: number): void;
  pin(source: WireSource): void;
  notify(notice: Notice): void;
  loseConnection(): void;
  blockSound(): void;
}

/** The fake. Orders change its state as the gateway would. */
export function fakeRoom(wish: Wish): Room & { readonly others: Others } {
  const self = wish.role === 'chair' ? 1 : 2;
  const acting = wish.acting === true ? self : null;
  const leads = wish.role === 'chair' || acting !== null;
  const rows = signal(
    roster(wish.sites).map((row) => {
      if (row.role === 'chair' && acting !== null) return { ...row, presence: 'absent' as const };
      return row.member === self ? { ...row, role: wish.role } : row;
    }),
  );
  const info = { title: 'Giao ban tuần 47', classification: wish.classification };
  const inside = wish.page === 'room';
  const phase: Signal<Phase> = signal(startPhase(wish));
  const lobby: LobbyInfo | null =
    wish.page === 'landing' || wish.page === 'refused'
      ? null
      : { room: info, site: NAMES[self - 1] ?? '', role: wish.role, in_use: false };
  const screenOf = wish.sharing ? 4 : null;
  const stage = signal(startStage(wish));
  const locked = signal(false);
  const mutedAll = signal(false);
  const media = signal<OwnMedia>({ microphone: 'off', camera: true, screen: false });
  const soundBlocked = signal(wish.soundBlocked);
  const line = signal(startLine(wish.line));
  const listeners = new Set<(notice: Notice) => void>();
  const change = (member: number, changes: Partial<MemberState>): void => {
    rows.value = rows.value.map((row) => (row.member === member ? { ...row, ...changes } : row));
  };
  if (screenOf !== null) change(screenOf, { screen: true });
  if (wish.muted) change(self, { muted: true });
  const streams = new Map<string, MediaStream>();
  const stream = (source: WireSource): MediaStream => {
    const key = `${source.member}-${source.kind}`;
    const made = streams.get(key) ?? picture(source.member, source.kind);
    streams.set(key, made);
    return made;
  };
  const seen = (source: WireSource): Picture => {
    const row = rows.value.find((one) => one.member === source.member);
    if (row === undefined || row.presence !== 'present') return 'none';
    return (source.kind === 'screen' ? row.screen : row.camera) ? 'shown' : 'none';
  };
  const show = (place: HTMLElement, source: () => WireSource | null) => {
    let showing: MediaStream | null = null;
    const update = () => {
      const wanted = source();
      const shown = wanted !== null && seen(wanted) === 'shown';
      place.toggleAttribute('data-covered', !shown);
      if (!shown || showing === stream(wanted)) return;
      showing = stream(wanted);
      place.replaceChildren(videoOf(showing, place.ownerDocument));
    };
    update();
    const timer = setInterval(update, 100);
    return () => clearInterval(timer);
  };
  const pin = (source: WireSource): void => {
    stage.value = { rule: { rule: 'pinned', source }, source };
  };
  const muteAll = (on: boolean): void => {
    mutedAll.value = on;
    for (const row of rows.peek()) if (row.role !== 'chair') change(row.member, { muted: on });
  };
  const obey = (order: ChairAction): Outcome => {
    if (!leads) return { ok: false, error: 'not_allowed' };
    if (order.action === 'pin') pin(order.source);
    else if (order.action === 'follow_speaker')
      stage.value = { ...stage.value, rule: { rule: 'follow_speaker' } };
    else if (order.action === 'mute') change(order.member, { muted: true });
    else if (order.action === 'let_speak') change(order.member, { muted: false });
    else if (order.action === 'lower_hand') change(order.member, { hand: null });
    else if (order.action === 'remove') rows.value = rows.value.filter((row) => row.member !== order.member);
    else if (order.action === 'end') phase.value = { name: 'ended', reason: 'ended', error: null };
    else if (order.action === 'lock' || order.action === 'unlock') locked.value = order.action === 'lock';
    else muteAll(order.action === 'mute_all');
    return OK;
  };
  const others: Others = {
    change,
    pin,
    leave: (member) => {
      rows.value = rows.value.filter((row) => row.member !== member);
    },
    notify: (notice) => {
      for (const listener of listeners) listener(notice);
    },
    loseConnection: () => {
      phase.value = { name: 'recovering', since: Date.now() - 20_000 };
    },
    blockSound: () => {
      soundBlocked.value = true;
    },
  };
  const quality = signal<ReadonlyMap<number, SiteQuality>>(new Map());
  const byId = new Map<number, ReturnType<Room['member']>>();
  return {
    others,
    phase,
    lobby: signal(lobby),
    info: signal(lobby === null && !inside ? null : info),
    self: signal(inside ? { member: self, role: wish.role } : null),
    own: computed(() => rows.value.find((row) => row.member === self) ?? null),
    members: computed(() => inOrder(rows.value)),
    order: computed(() => inOrder(rows.value).map((row) => row.member)),
    member(id) {
      const known = byId.get(id) ?? computed(() => rows.value.find((row) => row.member === id) ?? null);
      byId.set(id, known);
      return known;
    },
    present: computed(() => inOrder(rows.value).filter(isPresent)),
    waiting: computed(() => rows.value.slice(rows.value.length - (wish.door ?? 0))),
    acting: signal(acting),
    linkEnds: signal(wish.linkEnds ?? null),
    hands: computed(() => handQueue(rows.value)),
    stage,
    locked,
    mutedAll,
    media,
    ownScreen: signal(null),
    devices: devices(wish, self),
    network: signal<Network>({
      bars: wish.lost > 0 ? 0 : 3,
      rtt: 31,
      loss: 0.001,
      sending: 6_200_000,
      receiving: 4_000_000,
    }),
    line,
    testLine() {
      line.value = { name: 'testing' };
    },
    connected: signal(wish.lost === 0 && !wish.silent),
    mediaLostSince: signal(null),
    quietSince: signal(null),
    clockOffset: signal(0),
    quality,
    soundBlocked,
    open: async () => undefined,
    join: async () => {
      phase.value = { name: 'joining', since: Date.now() };
    },
    leave() {
      phase.value = { name: 'ended', reason: 'left', error: null };
    },
    async setMicrophone(open) {
      media.value = { ...media.value, microphone: open ? 'open' : 'off' };
      change(self, { microphone: open });
    },
    pushToTalk(down) {
      media.value = { ...media.value, microphone: down ? 'push_to_talk' : 'off' };
      change(self, { microphone: down });
    },
    async setCamera(on) {
      media.value = { ...media.value, camera: on };
      change(self, { camera: on });
    },
    async shareScreen() {
      media.value = { ...media.value, screen: true };
      stage.value = { ...stage.value, source: { member: self, kind: 'screen' } };
      return OK;
    },
    stopSharing() {
      media.value = { ...media.value, screen: false };
      stage.value = { ...stage.value, source: { member: 1, kind: 'camera' } };
    },
    async raiseHand(raised) {
      change(self, { hand: raised ? { order: 99 } : null });
      return OK;
    },
    chair: async (order) => obey(order),
    async watchQuality(on) {
      quality.value = new Map(on ? rows.peek().map(({ member }) => [member, qualityOf(member)]) : []);
      return OK;
    },
    diagnosis: async () =>
      diagnosisOf(new Diary().notes(), {
        phase: phase.peek(),
        camera: wish.camera,
        microphone: wish.camera,
        agent: navigator.userAgent,
        cores: 4,
      }),
    async unblockSound() {
      soundBlocked.value = false;
    },
    setView: () => undefined,
    attachStage: (place) => show(place, () => stage.peek().source),
    attachTile: (source, place) => show(place, () => source),
    picture: (source) => computed(() => seen(source)),
    stagePicture: computed(() => (stage.value.source === null ? 'none' : seen(stage.value.source))),
    onNotice(listener) {
      listeners.add(listener);
      if (wish.error !== null)
        setTimeout(() => listener({ name: 'error', error: wish.error ?? 'internal' }), 100);
      return () => listeners.delete(listener);
    },
    dialogOpened: () => undefined,
    dispose: () => undefined,
  };
}

/** One of each grade and cause, over and over. */
function qualityOf(member: number): SiteQuality {
  const well: SiteQuality = {
    member,
    grade: 'good',
    cause: 'none',
    rtt: 20 + (member % 40),
    up: { loss: member % 4, jitter: 3, rate: 1240 + member },
    down: { loss: 1, jitter: 4, rate: 4100 },
    sends: 720,
    receives: 720,
    freezes: 0,
    fps: 30,
    path: 'udp',
    trouble: null,
  };
  switch (member % 23) {
    case 4:
      return { ...well, grade: 'bad', cause: 'loss_up', up: { loss: 84, jitter: 60, rate: 310 }, sends: 180 };
    case 5:
      return { ...well, grade: 'weak', cause: 'delay', rtt: 260, path: 'relay' };
    case 7:
      return { ...well, grade: 'weak', cause: 'device', trouble: 'camera', sends: 0 };
    case 8:
      return { ...well, grade: 'weak', cause: 'freezes', freezes: 2, fps: 9 };
    case 9: {
      const nothing = { loss: 0, jitter: 0, rate: 0 };
      return { ...well, grade: 'bad', cause: 'no_media', up: nothing, down: nothing, sends: 0, receives: 0 };
    }
    default:
      return well;
  }
}

function startLine(line: string | undefined): LineState {
  if (line === 'barred') return { name: 'barred', address: '192.0.2.10:50000' };
  if (line === 'busy') return { name: 'unknown', cause: 'busy' };
  const narrow = line === 'weak' ? 20 : 1;
  return {
    name: 'measured',
    line: { protocol: 'udp', rtt: 24, jitter: 2, loss: 0.001, up: 2.9e6 / narrow, down: 6.2e6 },
  };
}

function startStage(wish: Wish): Stage {
  const fourth: WireSource = { member: 4, kind: wish.sharing ? 'screen' : 'camera' };
  const first: WireSource = { member: wish.role === 'chair' ? 2 : 1, kind: 'camera' };
  const source = wish.sharing || wish.pinned ? fourth : first;
  return {
    rule: wish.pinned ? { rule: 'pinned', source } : { rule: 'follow_speaker' },
    source: wish.quiet ? null : source,
  };
}

function startPhase(wish: Wish): Phase {
  switch (wish.page) {
    case 'room':
      return wish.lost > 0 ? { name: 'recovering', since: Date.now() - wish.lost * 1000 } : { name: 'live' };
    case 'landing':
      return { name: 'lobby', error: 'link_missing' };
    case 'refused':
    case 'lobby':
      return { name: 'lobby', error: wish.error };
    case 'ended':
    case 'removed':
    case 'revoked':
    case 'taken_over':
    case 'left':
    case 'deserted':
      return {
        name: 'ended',
        reason: wish.page,
        error: null,
        by: wish.page === 'removed' ? 'Văn phòng' : null,
      };
    case 'waiting':
      return { name: 'waiting', code: 'room_locked', place: 3 };
    default:
      return { name: 'idle' };
  }
}

function devices(wish: Wish, self: number): Room['devices'] {
  const camera = signal<DeviceState>(wish.camera);
  const microphone = signal<DeviceState>(
    wish.camera.name === 'failed'
      ? wish.camera
      : { name: 'on', deviceId: 'm1', label: '', width: 0, height: 0 },
  );
  const processing = signal(DESK);
  const level = signal(0);
  setInterval(() => {
    level.value = microphone.value.name === 'on' ? 0.3 + 0.3 * Math.random() : 0;
  }, 100);
  const on = (id: string): DeviceState => ({ name: 'on', deviceId: id, label: '', width: 1280, height: 720 });
  return {
    cameras: signal([
      { id: 'c1', label: 'HD Webcam (046d:0825)' },
      { id: 'c2', label: 'Camera tài liệu' },
    ]),
    microphones: signal([{ id: 'm1', label: 'Micro hội nghị' }]),
    speakers: signal([{ id: 's1', label: 'Loa hội nghị' }]),
    processing,
    camera,
    microphone,
    speaker: signal(''),
    ownPicture: computed(() => (camera.value.name === 'on' ? picture(self, 'camera') : null)),
    level,
    preview: async () => undefined,
    startCamera: async () => {
      camera.value = on('c1');
    },
    stopCamera() {
      camera.value = { name: 'off' };
    },
    startMicrophone: async () => {
      microphone.value = on('m1');
    },
    stopMicrophone() {
      microphone.value = { name: 'off' };
    },
    chooseCamera: async (id) => {
      camera.value = on(id);
    },
    chooseMicrophone: async (id) => {
      microphone.value = on(id);
    },
    chooseSpeaker: async () => undefined,
    chooseProcessing: async (next) => {
      processing.value = next;
    },
    testSpeaker: async () => undefined,
  };
}
