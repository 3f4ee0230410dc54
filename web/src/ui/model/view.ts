/** What one person looks at: layout, page, panel, dialogs. Nothing of it is known to the gateway. */
import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { t } from '../../i18n';
import type {
  ChairAction,
  DeviceState,
  MemberState,
  Notice,
  Outcome,
  Room,
  RoomErrorCode,
  WireSource,
} from '../../state/room';
import { powersOf } from '../../state/roster';
import { adviceFor } from './advice';
import { type Attendance, attendance, attendanceChange } from './announce';
import { type Area, gridLayout, type PagedGrid, paged, type StageLayout, stageLayout } from './layout';
import { type LinkEnd, linkEnd } from './link-end';
import { Messages } from './messages';
import { type Loss, lossOf, type Outage, outage } from './recovery';
import { gridSources, stripSources } from './tiles';

/** How the pictures are laid out. */
export type Layout = 'stage' | 'grid';

/** The dialog that is open. */
export type Dialog =
  | { readonly name: 'settings' | 'help' | 'leave' | 'end' | 'quality' }
  | { readonly name: 'remove'; readonly member: number };

/** The chair's menu of one member, beside the button that opened it. */
export interface Menu {
  readonly member: number;
  readonly anchor: DOMRect;
}

/** The small window above all others while it is open. */
export interface Miniature {
  /** Height of its picture in CSS pixels. */
  readonly height: number;
  readonly close: () => void;
}

/** The tiles on the screen. */
export interface TilePage {
  readonly sources: readonly WireSource[];
  /** Counts from 0. */
  readonly page: number;
  readonly pages: number;
  readonly grid: PagedGrid;
}

/** Notices about who may hear the own site: the last one tells how it is. */
const MICROPHONE_NOTICES: ReadonlySet<Notice['name']> = new Set(['microphone_closed', 'muted', 'unmuted']);
/** How long a page stays when the pages turn by themselves, in milliseconds. */
export const CYCLE_PERIOD = 10_000;
/** Half a second: an outage's faces change at whole seconds, the clock too. */
const TICK = 500;

/** A list that stays the same object while it names the same tiles: who speaks changes rows, not tiles. */
function steadyTiles(read: () => readonly WireSource[]): ReadonlySignal<readonly WireSource[]> {
  let last: readonly WireSource[] = [];
  return computed(() => {
    const next = read();
    const same =
      next.length === last.length &&
      next.every((source, at) => source.member === last[at]?.member && source.kind === last[at]?.kind);
    if (!same) last = next;
    return last;
  });
}

/** The state of the view of one room. Ends with {@link RoomView.dispose}. */
export class RoomView {
  readonly messages = new Messages();
  readonly layout = signal<Layout>('stage');
  readonly page = signal(0);
  /** The pages turn by themselves. */
  readonly cycling = signal(false);
  /** The area for stage, strip and grid. */
  readonly area = signal<Area>({ width: 0, height: 0 });
  readonly panelOpen = signal(false);
  readonly filter = signal('');
  /** Roll call by name, not in the room's order. */
  readonly byName = signal(false);
  readonly dialog = signal<Dialog | null>(null);
  readonly menu = signal<Menu | null>(null);
  readonly now = signal(Date.now());
  readonly tiles: ReadonlySignal<TilePage>;
  /** Where the stage stands; none in the grid. */
  readonly stage: ReadonlySignal<StageLayout | null>;
  readonly loss: ReadonlySignal<Loss>;
  readonly outage: ReadonlySignal<Outage>;
  /** The own seat gives all orders: the chair's, or the deputy's in his place. */
  readonly leads: ReadonlySignal<boolean>;
  /** How the own link stands. */
  readonly linkEnd: ReadonlySignal<LinkEnd>;
  /** The own seat lets in and lowers hands. */
  readonly keepsDoor: ReadonlySignal<boolean>;
  readonly #room: Room;
  readonly #sources: ReadonlySignal<readonly WireSource[]>;
  /** Since when picture and sound do not pass in the room. */
  readonly #mediaLost = signal<number | null>(null);
  readonly #miniature = signal<Miniature | null>(null);
  /** When a page was last turned. */
  #turned = 0;
  readonly #ends: (() => void)[] = [];

  constructor(room: Room) {
    this.#room = room;
    const powers = computed(() => powersOf(room.self.value, room.acting.value));
    this.leads = computed(() => powers.value === 'all');
    this.keepsDoor = computed(() => powers.value !== 'none');
    this.linkEnd = computed(() => linkEnd(room.linkEnds.value, this.now.value + room.clockOffset.value));
    this.loss = computed(() => lossOf(room.phase.value, this.#mediaLost.value, room.quietSince.value));
    this.outage = computed(() => outage(this.loss.value, this.now.value));
    const self = computed(() => room.self.value?.member ?? null);
    this.#sources = steadyTiles(() =>
      this.layout.value === 'stage'
        ? stripSources(room.present.value, self.value)
        : gridSources(room.present.value, self.value),
    );
    this.stage = computed(() =>
      this.layout.value === 'stage' ? stageLayout(this.area.value, this.#sources.value.length + 1) : null,
    );
    this.tiles = computed(() => {
      const stage = this.stage.value;
      // Beside the stage the own tile stands on every page.
      if (stage !== null) return this.#page(stage.tiles, Math.max(1, stage.tiles.perPage - 1));
      const grid = gridLayout(this.area.value, this.#sources.value.length);
      return this.#page(grid, grid.perPage);
    });
    const ticker = setInterval(() => this.#tick(), TICK);
    this.#ends.push(
      () => clearInterval(ticker),
      effect(() => this.#want()),
      effect(() => {
        const since = room.mediaLostSince.value;
        const lost = room.phase.value.name === 'live' && (since !== null || !room.connected.value);
        this.#mediaLost.value = lost ? (this.#mediaLost.peek() ?? since ?? Date.now()) : null;
      }),
      effect(() => {
        if (this.dialog.value !== null) room.dialogOpened();
      }),
      room.onNotice((notice) => this.#notice(notice)),
      this.#announceAttendance(),
      this.#announceStage(),
      this.#announceOutage(),
      this.#announceDoor(),
      this.#announceLinkEnd(),
      effect(() => {
        const acting = room.acting.value;
        if (acting !== null && acting !== self.value) this.messages.say(() => this.#actingText(acting));
      }),
      effect(() => {
        if (room.soundBlocked.value) this.messages.sayNow(t('sound.blocked'));
      }),
      () => this.messages.dispose(),
    );
  }

  /** Turns pages; the first and the last hold. */
  turn(pages: number): void {
    this.#turned = Date.now();
    this.page.value = this.tiles.value.page + pages;
  }

  /** Lets the pages turn by themselves, or stops them. */
  toggleCycling(): void {
    this.#turned = Date.now();
    this.cycling.value = !this.cycling.value;
  }

  /** The small window, while it is open. */
  get miniature(): ReadonlySignal<Miniature | null> {
    return this.#miniature;
  }

  /** The small window was opened, or closed. */
  openMiniature(miniature: Miniature | null): void {
    this.#miniature.value = miniature;
  }

  /** Goes to the other layout. */
  toggleLayout(): void {
    this.page.value = 0;
    this.layout.value = this.layout.value === 'stage' ? 'grid' : 'stage';
  }

  /** Shows why something was not done. */
  showError(code: RoomErrorCode): void {
    this.messages.show({
      kind: 'error',
      text: t(`error.${code}.text`),
      action: t(`error.${code}.action`),
      code,
    });
  }

  /** Waits for a request and shows why it was refused. */
  async settle(request: Promise<Outcome>): Promise<void> {
    const outcome = await request;
    if (!outcome.ok) this.showError(outcome.error);
  }

  /** Gives an order of the chair. */
  order(action: ChairAction): void {
    void this.settle(this.#room.chair(action));
  }

  /** Lets a member speak and puts him before everyone. */
  invite(member: MemberState): void {
    const { member: id } = member;
    if (member.muted) this.order({ action: 'let_speak', member: id });
    this.order({ action: 'pin', source: { member: id, kind: 'camera' } });
    this.order({ action: 'lower_hand', member: id });
  }

  /** Opens a dialog. */
  open(dialog: Dialog): void {
    this.dialog.value = dialog;
  }

  /** Opens or closes roll call and requests to speak. */
  togglePanel(): void {
    this.panelOpen.value = !this.panelOpen.value;
  }

  /** Opens or closes the microphone, and says why it stays closed. */
  async toggleMicrophone(): Promise<void> {
    const room = this.#room;
    const open = room.media.value.microphone === 'off';
    if (open && room.own.value?.muted === true) {
      this.messages.show({ kind: 'info', text: t('bar.microphoneMutedHint') });
      return;
    }
    await room.setMicrophone(open);
    if (open) this.#showProblem(room.devices.microphone.value);
  }

  /** Turns the camera on or off, and says why it stays off. */
  async toggleCamera(): Promise<void> {
    const on = !this.#room.media.value.camera;
    await this.#room.setCamera(on);
    if (on) this.#showProblem(this.#room.devices.camera.value);
  }

  /** Raises or lowers the own hand. */
  toggleHand(): void {
    void this.settle(this.#room.raiseHand((this.#room.own.value?.hand ?? null) === null));
  }

  /** Presents the screen or stops. */
  toggleShare(): void {
    if (this.#room.media.value.screen) this.#room.stopSharing();
    else void this.settle(this.#room.shareScreen());
  }

  /** Ends timers and subscriptions. */
  dispose(): void {
    for (const end of this.#ends) end();
  }

  #tick(): void {
    this.now.value = Date.now();
    if (!this.cycling.peek() || this.now.peek() - this.#turned < CYCLE_PERIOD) return;
    const { page, pages } = this.tiles.peek();
    this.#turned = this.now.peek();
    this.page.value = (page + 1) % pages;
  }

  #page(grid: PagedGrid, perPage: number): TilePage {
    const { items, page, pages } = paged(this.#sources.value, this.page.value, perPage);
    return { sources: items, page, pages, grid };
  }

  #want(): void {
    const self = this.#room.self.value?.member;
    const height = this.tiles.value.grid.tileHeight;
    const sources = this.tiles.value.sources.filter((source) => source.member !== self);
    this.#room.setView({
      stageHeight: this.stage.value?.stageHeight ?? 0,
      tiles: sources.map((source) => ({ source, height })),
      miniatureHeight: this.#miniature.value?.height ?? 0,
    });
  }

  #showProblem(device: DeviceState): void {
    if (device.name !== 'failed') return;
    this.messages.show({
      kind: 'error',
      text: t(`device.${device.problem}.text`),
      action: t(adviceFor(device.problem, navigator.userAgent)),
    });
  }

  #notice(notice: Notice): void {
    if (notice.name === 'error') {
      this.showError(notice.error);
      return;
    }
    const text = t(`notice.${notice.name}`);
    this.messages.show({
      kind: 'info',
      text,
      topic: MICROPHONE_NOTICES.has(notice.name) ? 'microphone' : text,
    });
  }

  /** Says how many came, left and asked to speak; not on entering, when all of it is new. */
  #announceAttendance(): () => void {
    let said: Attendance | null = null;
    let waiting = false;
    return effect(() => {
      const members = this.#room.members.value;
      if (members.length === 0 || waiting) return;
      if (said === null) {
        said = attendance(members);
        return;
      }
      waiting = true;
      this.messages.say(() => {
        waiting = false;
        const next = attendance(this.#room.members.peek());
        const { joined, left, hands } = attendanceChange(said ?? next, next);
        said = next;
        return [
          joined > 0 ? t('live.joined', { count: joined }) : '',
          left > 0 ? t('live.left', { count: left }) : '',
          hands > 0 && this.keepsDoor.peek() ? t('live.hands', { count: hands }) : '',
        ]
          .filter((part) => part !== '')
          .join('. ');
      });
    });
  }

  /** Says whom the chair put on the stage; a stage that follows the speaker would say too much. */
  #announceStage(): () => void {
    let said = '';
    return effect(() => {
      const rule = this.#room.stage.value?.rule;
      const pinned = rule?.rule === 'pinned' ? `${rule.source.member}-${rule.source.kind}` : '';
      if (pinned === said) return;
      said = pinned;
      if (rule?.rule !== 'pinned') return;
      const { member } = rule.source;
      this.messages.say(() => t('live.stage', { name: this.#room.member(member).peek()?.name ?? '' }));
    });
  }

  /** Says at five and at one minute that the link ends, and that it has. */
  #announceLinkEnd(): () => void {
    const text = computed(() => {
      const end = this.linkEnd.value;
      if (end.name === 'near') return t('link.soon', { minutes: end.minutes });
      return end.name === 'over' ? t('link.overHelp') : '';
    });
    return effect(() => {
      const said = text.value;
      if (said !== '') untracked(() => this.messages.show({ kind: 'info', topic: 'link', text: said }));
    });
  }

  #actingText(acting: number): string {
    return t('room.acting', { name: this.#room.member(acting).peek()?.name ?? '' });
  }

  /** Tells who keeps the door how many wait to come in, as often as there are more. */
  #announceDoor(): () => void {
    let said = 0;
    return effect(() => {
      const count = this.#room.waiting.value.length;
      if (count > said && this.keepsDoor.value) this.messages.say(() => t('door.title', { count }));
      said = count;
    });
  }

  /** Says once that the connection is lost, and that it is back. */
  #announceOutage(): () => void {
    let lost = false;
    return effect(() => {
      const seen = this.outage.value;
      const isLost = seen === 'banner' || seen === 'page';
      if (isLost === lost) return;
      lost = isLost;
      this.messages.sayNow(isLost ? t('recovering.title') : t('recovering.back'));
    });
  }
}
