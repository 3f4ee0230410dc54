/** What is received: which source is in which slot, where it is drawn, where it sounds, what is asked for. */
import type { ReadonlySignal } from '@preact/signals';
import type { Peer } from '../engine/peer';
import { afterPaint, surfaceIn } from '../engine/picture-element';
import { type PictureState, Pictures } from '../engine/pictures';
import { SlotTable } from '../engine/slots';
import { Sound } from '../engine/sound';
import {
  type ClientMessage,
  type MemberState,
  type SlotAssignment,
  STAGE_VIDEO_SLOT,
  type WireSource,
  type WireSourceKind,
} from '../gen/wire';
import type { View } from './room';
import { type Allotment, allot, type WishInput, WishPacer, wantedTiles, wishesOf } from './wishes';

/** What the received media needs of the room. */
export interface ReceivedMediaOwner {
  /** Sends to the gateway; says whether the connection is open. */
  send(message: ClientMessage): boolean;
  self(): number | null;
  stage(): WireSource | null;
  members(): ReadonlyMap<number, MemberState>;
  ownStream(kind: WireSourceKind): MediaStream | null;
}

/** See the module. */
export class ReceivedMedia {
  readonly sound = new Sound();
  private readonly slots: SlotTable;
  private readonly pictures: Pictures;
  private readonly pacer: WishPacer;
  private view: View = { stageHeight: 0, tiles: [] };
  private allotment: Allotment = new Map();

  constructor(
    private readonly owner: ReceivedMediaOwner,
    private readonly peer: Peer,
  ) {
    this.slots = new SlotTable({
      onChange: () => this.pictures.update(),
      afterPaint,
      sendCovered: (slot, epoch) => owner.send({ type: 'covered', slot, epoch }),
    });
    this.pictures = new Pictures({
      slots: this.slots,
      slotStream: (slot) => peer.slotStream(slot),
      ownStream: owner.ownStream,
      self: owner.self,
      stage: owner.stage,
    });
    this.pacer = new WishPacer((wishes) => owner.send({ type: 'want', wishes }));
  }

  get stagePicture(): ReadonlySignal<PictureState> {
    return this.pictures.stage;
  }

  picture(source: WireSource): ReadonlySignal<PictureState> {
    return this.pictures.state(source);
  }

  attachStage(place: HTMLElement): () => void {
    return this.pictures.attachStage(surfaceIn(place));
  }

  attachTile(source: WireSource, place: HTMLElement): () => void {
    return this.pictures.attachTile(source, surfaceIn(place));
  }

  setView(view: View): void {
    this.view = view;
    this.wish();
  }

  /** The roster, the stage or the own pictures changed: call it in the same task. */
  update(): void {
    this.pictures.update();
    this.wish();
  }

  /** A new connection: the gateway hears the whole wish again. */
  welcomed(): void {
    this.pacer.reset();
  }

  assign(assignments: readonly SlotAssignment[]): void {
    this.slots.assign(assignments);
  }

  switched(slot: number, epoch: number, timestamp: number): void {
    this.slots.switched(slot, epoch, timestamp);
  }

  /** A new peer connection: every slot begins anew. */
  rebuilt(): void {
    this.slots.restart();
    this.streamsChanged();
  }

  /** There are other or more streams than before. */
  streamsChanged(): void {
    for (let slot = 0; slot < STAGE_VIDEO_SLOT; slot++) {
      const stream = this.peer.slotStream(slot);
      if (stream !== null) this.sound.setStream(slot, stream);
    }
    this.pictures.update();
  }

  /** Nothing more is received. */
  stop(): void {
    this.pacer.stop();
    this.sound.stop();
    this.slots.clear();
    this.allotment = new Map();
    this.pictures.update();
  }

  private wish(): void {
    if (this.owner.self() === null) return;
    const input: WishInput = {
      view: this.view,
      members: this.owner.members(),
      self: this.owner.self(),
      pixelRatio: devicePixelRatio,
      hidden: document.hidden,
      tiles: this.peer.maxTiles,
    };
    const wanted = wantedTiles(input);
    this.peer.ensureTiles(wanted.length);
    this.allotment = allot(this.allotment, wanted, this.peer.maxTiles);
    this.pacer.offer(wishesOf(input, this.allotment));
  }
}
