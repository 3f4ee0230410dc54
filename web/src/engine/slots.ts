/**
 * What each slot carries, and from which frame on.
 *
 * The gateway assigns a source to a slot; the client covers the old picture and says so; the gateway switches
 * and names the RTP timestamp of the new source's first frame. Until a frame at or after that one is painted,
 * nothing in the slot may be seen. Pure but for the callbacks.
 */
import { FIRST_TILE_SLOT, type SlotAssignment, STAGE_VIDEO_SLOT, type WireSource } from '../gen/wire';

/** What one slot carries. */
export interface Slot {
  /** The assignment's number. */
  readonly epoch: number;
  readonly source: WireSource | null;
  /** Frames from this RTP timestamp on are the source's; `null` until the gateway has switched. */
  readonly from: number | null;
  /** When that became known, as `Date.now()`. */
  readonly knownAt: number;
}

/** A timestamp comparison holds for half the circle, 6.6 hours at 90 kHz; after this it is no longer needed. */
const SETTLED_MS = 3_600_000;

/** Whether an RTP timestamp is at or after another (RFC 3550 §5.1: modulo 2^32). */
export function isAtOrAfter(timestamp: number, reference: number): boolean {
  return (timestamp - reference) >>> 0 < 2 ** 31;
}

/** Whether a painted frame of a slot is its source's. */
export function belongs(slot: Slot, painted: number, now: number): boolean {
  if (slot.source === null || slot.from === null) return false;
  return now - slot.knownAt > SETTLED_MS || isAtOrAfter(painted, slot.from);
}

/** Whoever owns the table. */
export interface SlotOwner {
  /** The slot's old picture must be covered now. */
  onChange(slot: number): void;
  /** Calls back when what is covered now has been painted so. */
  afterPaint(run: () => void): void;
  /** Tell the gateway that the slot is covered. */
  sendCovered(slot: number, epoch: number): void;
}

/** See the module. */
export class SlotTable {
  private readonly slots = new Map<number, Slot>();
  /** Slots whose old picture may still be seen, until the cover over it has been painted. */
  private readonly uncovered = new Set<number>();

  constructor(private readonly owner: SlotOwner) {}

  /** What a slot carries; `undefined` before its first assignment. */
  get(slot: number): Slot | undefined {
    return this.slots.get(slot);
  }

  /** The slot among the tiles that carries a source. */
  tileOf(source: WireSource): number | undefined {
    for (const [slot, { source: held }] of this.slots) {
      if (slot >= FIRST_TILE_SLOT && held?.member === source.member && held.kind === source.kind) return slot;
    }
    return undefined;
  }

  /** Takes the gateway's assignments; after a resume they name every slot. */
  assign(assignments: readonly SlotAssignment[]): void {
    for (const { slot, epoch, source } of assignments) {
      const old = this.slots.get(slot);
      if (old?.epoch === epoch) {
        // Known already: the acknowledgement may have been lost with the connection. A second one does no harm.
        if (!this.uncovered.has(slot)) this.owner.sendCovered(slot, epoch);
        continue;
      }
      const stays =
        source !== null && old?.source?.member === source.member && old.source.kind === source.kind;
      this.slots.set(slot, {
        epoch,
        source,
        from: stays ? old.from : null,
        knownAt: stays ? old.knownAt : 0,
      });
      this.owner.onChange(slot);
      // A picture that was never shown, or goes on, or is a sound, needs no wait.
      const isSeen = slot >= STAGE_VIDEO_SLOT && !stays && (old?.from ?? null) !== null;
      if (isSeen || this.uncovered.has(slot)) this.acknowledgePainted(slot, epoch);
      else this.owner.sendCovered(slot, epoch);
    }
  }

  private acknowledgePainted(slot: number, epoch: number): void {
    this.uncovered.add(slot);
    this.owner.afterPaint(() => {
      this.uncovered.delete(slot);
      this.owner.sendCovered(slot, epoch);
    });
  }

  /** Takes the gateway's word that the new source began; one that fulfils an older assignment is ignored. */
  switched(slot: number, epoch: number, timestamp: number): void {
    const held = this.slots.get(slot);
    if (held === undefined || held.epoch !== epoch || held.source === null) return;
    // Said again after a resume: how long it is known still counts.
    if (held.from === timestamp) return;
    this.slots.set(slot, { ...held, from: timestamp, knownAt: Date.now() });
    this.owner.onChange(slot);
  }

  /** Outside the room: nothing is assigned. */
  clear(): void {
    this.slots.clear();
  }

  /** A new peer connection: its timestamps have nothing to do with the old one's. */
  restart(): void {
    for (const [slot, held] of this.slots) {
      this.slots.set(slot, { ...held, from: null });
      this.owner.onChange(slot);
    }
  }
}
