/**
 * Which place shows what: every place that was attached holds the stream of its source's slot, covered
 * until a frame of that source is painted in it. A picture of one source is never seen in another's place.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { STAGE_VIDEO_SLOT, type WireSource } from '../gen/wire';
import type { PictureSurface } from './picture-element';
import { belongs, type SlotTable } from './slots';

/** What a place shows. */
export type PictureState = 'none' | 'covered' | 'shown';

/** What the pictures are drawn from. */
export interface PictureSources {
  /** The slots. */
  readonly slots: SlotTable;
  /** The stream of a slot's track, the same object each time; `null` if there is no such slot yet. */
  slotStream(slot: number): MediaStream | null;
  /** The own camera or screen. */
  ownStream(kind: WireSource['kind']): MediaStream | null;
  /** The own member, if known. */
  self(): number | null;
  /** What is on the stage. */
  stage(): WireSource | null;
}

interface Viewer {
  readonly surface: PictureSurface;
  /** What it shows; `null`: whatever is on the stage. */
  readonly source: WireSource | null;
  readonly state: Signal<PictureState>;
  stream: MediaStream | null;
  /** The last frame painted from this stream; `undefined` before the first, `null` for one captured here. */
  last: number | null | undefined;
  /** What `shown` was earned for: the source and the stream it came in. */
  shownFor: string | null;
}

/** What a viewer may show now. */
type Target =
  | { readonly name: 'none' }
  | { readonly name: 'own'; readonly stream: MediaStream; readonly key: string }
  | { readonly name: 'slot'; readonly slot: number; readonly stream: MediaStream; readonly key: string };

const NONE: Target = { name: 'none' };

/** See the module. */
export class Pictures {
  private readonly viewers = new Set<Viewer>();
  private readonly states = new Map<string, Signal<PictureState>>();
  private readonly stageState = signal<PictureState>('none');

  constructor(private readonly from: PictureSources) {}

  /** What the stage's place shows. */
  get stage(): ReadonlySignal<PictureState> {
    return this.stageState;
  }

  /** What the place of a source shows. */
  state(source: WireSource): ReadonlySignal<PictureState> {
    return this.stateOf(source);
  }

  /** Shows the stage in a place until the returned function is called. */
  attachStage(surface: PictureSurface): () => void {
    return this.attach({
      surface,
      source: null,
      state: this.stageState,
      stream: null,
      last: undefined,
      shownFor: null,
    });
  }

  /** Shows a source in a place until the returned function is called. */
  attachTile(source: WireSource, surface: PictureSurface): () => void {
    return this.attach({
      surface,
      source,
      state: this.stateOf(source),
      stream: null,
      last: undefined,
      shownFor: null,
    });
  }

  /** Draws anew after any of the sources changed. Call it in the same task as the change. */
  update(): void {
    for (const viewer of this.viewers) this.draw(viewer);
  }

  private attach(viewer: Viewer): () => void {
    this.viewers.add(viewer);
    viewer.surface.onFrame((timestamp) => this.painted(viewer, timestamp));
    this.draw(viewer);
    return () => {
      if (!this.viewers.delete(viewer)) return;
      viewer.surface.release();
      viewer.state.value = 'none';
    };
  }

  private stateOf(source: WireSource): Signal<PictureState> {
    const key = `${source.member}:${source.kind}`;
    let state = this.states.get(key);
    if (state === undefined) {
      state = signal<PictureState>('none');
      this.states.set(key, state);
    }
    return state;
  }

  private target(viewer: Viewer): Target {
    const source = viewer.source ?? this.from.stage();
    if (source === null) return NONE;
    const key = `${source.member}:${source.kind}`;
    if (source.member === this.from.self()) {
      const stream = this.from.ownStream(source.kind);
      return stream === null ? NONE : { name: 'own', stream, key };
    }
    const slot = viewer.source === null ? STAGE_VIDEO_SLOT : this.from.slots.tileOf(source);
    const held = slot === undefined ? null : this.from.slots.get(slot)?.source;
    if (slot === undefined || held?.member !== source.member || held.kind !== source.kind) return NONE;
    const stream = this.from.slotStream(slot);
    return stream === null ? NONE : { name: 'slot', slot, stream, key };
  }

  private draw(viewer: Viewer): void {
    const target = this.target(viewer);
    const pending = target.name === 'slot' && this.from.slots.get(target.slot)?.from === null;
    const earned =
      target.name !== 'none' && viewer.shownFor === target.key && viewer.stream === target.stream;
    if (!earned || pending) this.cover(viewer);
    // The stage keeps its track while covered, so that the decoder is warm when the switch comes.
    const idle = viewer.source === null ? this.from.slotStream(STAGE_VIDEO_SLOT) : null;
    const stream = target.name === 'none' ? idle : target.stream;
    if (viewer.stream !== stream) {
      viewer.stream = stream;
      viewer.last = undefined;
      viewer.surface.setStream(stream);
    }
    if (viewer.shownFor === null) this.tryShow(viewer, target);
    viewer.state.value = viewer.shownFor !== null ? 'shown' : target.name === 'none' ? 'none' : 'covered';
  }

  private cover(viewer: Viewer): void {
    viewer.shownFor = null;
    viewer.surface.setCovered(true);
  }

  private painted(viewer: Viewer, timestamp: number | null): void {
    viewer.last = timestamp;
    if (viewer.shownFor !== null) return;
    this.tryShow(viewer, this.target(viewer));
    if (viewer.shownFor !== null) viewer.state.value = 'shown';
  }

  /** Uncovers if the last frame painted is one of the target's. */
  private tryShow(viewer: Viewer, target: Target): void {
    if (target.name === 'none' || viewer.last === undefined) return;
    if (target.name === 'own') {
      if (viewer.last !== null) return;
    } else {
      const held = this.from.slots.get(target.slot);
      if (viewer.last === null || held === undefined || !belongs(held, viewer.last, Date.now())) return;
    }
    viewer.shownFor = target.key;
    viewer.surface.setCovered(false);
  }
}
