/**
 * The one `RTCPeerConnection` of a seat. The client always offers; tracks come and go without a new offer; the slots
 * only become more. When the path dies it is restarted, and when that fails the whole connection is made anew.
 */
import {
  type ErrorCode,
  FIRST_TILE_SLOT,
  MAX_SLOTS,
  STAGE_VIDEO_SLOT,
  type WireSection,
  type WireSourceKind,
} from '../gen/wire';
import { cameraEncodings, fitCamera, keepLegible, preferRoomCodecs, SCREEN_ENCODINGS } from './codecs';
import { PathWatch } from './path';
import { packSdp } from './sdp';
import { RequestError } from './socket';

/** Tiles of the first offer; the pool then grows through these. */
const TILE_POOLS = [4, 9, 16, 25, 36, 49, 64, MAX_SLOTS - FIRST_TILE_SLOT] as const;
/** Wait before an offer is repeated that the gateway could not take now, in ms. */
const OFFER_PAUSE_MS = 3000;
/** The same for an offer it could not read: another connection may do better, but not soon. */
const BAD_OFFER_PAUSE_MS = 15_000;

/** Whoever owns the peer connection. */
export interface PeerOwner {
  /** Carries an offer to the gateway and brings the answer. Throws {@link RequestError}. */
  offer(peer: number, sdp: string, sections: WireSection[]): Promise<string>;
  /** Media passes, or does not. */
  onConnected(connected: boolean): void;
  /** A new peer connection stands where the old one was: every stream is another. */
  onRebuilt(): void;
  /** There are more slots. */
  onSlots(): void;
  /** The gateway will not take this browser's offers. */
  onRefused(code: ErrorCode): void;
}

/** What is sent, by kind. */
export type OwnTracks = Partial<Record<WireSourceKind, MediaStreamTrack | null>>;

interface Slot {
  readonly transceiver: RTCRtpTransceiver;
  readonly stream: MediaStream;
}

const OWN_KINDS: readonly WireSourceKind[] = ['microphone', 'camera', 'screen', 'screen_audio'];

/** See the module. */
export class Peer {
  private pc: RTCPeerConnection | null = null;
  private id = 0;
  private senders = new Map<WireSourceKind, RTCRtpTransceiver>();
  private slots: Slot[] = [];
  private tiles: number = TILE_POOLS[0];
  private tracks: OwnTracks = {};
  private negotiating = false;
  private offerNeeded = false;
  private session: string | null = null;
  private offerTimer: ReturnType<typeof setTimeout> | undefined;

  private readonly path = new PathWatch({
    state: () =>
      this.pc && {
        ice: this.pc.iceConnectionState,
        connection: this.pc.connectionState,
        negotiated: this.pc.signalingState === 'stable',
      },
    restart: () => this.restart(),
    rebuild: () => this.build(),
  });

  constructor(private readonly owner: PeerOwner) {}

  /**
   * The socket is open: connects, or offers again what stands. The answer shows whether the gateway still knows this
   * connection: it may be another process than before, or have given the connection up.
   */
  socketOpened(): void {
    if (this.pc === null) {
      this.build();
      return;
    }
    this.wake();
    void this.negotiate();
  }

  /** The network or the page woke up: a path that is lost is restarted now. */
  wake(): void {
    this.path.wake();
  }

  /** Sends a track as this kind from now on, or nothing. */
  setTrack(kind: WireSourceKind, track: MediaStreamTrack | null): void {
    this.tracks[kind] = track;
    const sender = this.senders.get(kind)?.sender;
    if (sender !== undefined && sender.track !== track) send(kind, sender, track);
  }

  /** The streams of the slots; a slot's is the same object for the life of the peer connection. */
  slotStream(slot: number): MediaStream | null {
    return this.slots[slot]?.stream ?? null;
  }

  /** Tiles there can ever be. */
  readonly maxTiles = MAX_SLOTS - FIRST_TILE_SLOT;

  /** Makes sure of at least so many tiles; takes a new offer. */
  ensureTiles(wanted: number): void {
    const pool = TILE_POOLS.find((size) => size >= wanted) ?? MAX_SLOTS - FIRST_TILE_SLOT;
    if (pool <= this.tiles) return;
    this.tiles = pool;
    if (this.pc === null) return;
    this.addSlots(this.pc);
    this.owner.onSlots();
    void this.negotiate();
  }

  /** Counters of the browser; `null` without a connection. */
  async stats(): Promise<RTCStatsReport | null> {
    return (await this.pc?.getStats()) ?? null;
  }

  /** Ends it for good. */
  close(): void {
    this.path.stop();
    this.discard();
    this.owner.onConnected(false);
  }

  private build(): void {
    this.discard();
    const pc = new RTCPeerConnection({
      iceServers: [],
      bundlePolicy: 'max-bundle',
      rtcpMuxPolicy: 'require',
    });
    this.pc = pc;
    this.id = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    for (const kind of OWN_KINDS) this.senders.set(kind, this.addSender(pc, kind));
    this.addSlots(pc);
    pc.oniceconnectionstatechange = () => this.path.changed();
    pc.onconnectionstatechange = () => {
      this.owner.onConnected(pc.connectionState === 'connected');
      this.path.changed();
    };
    this.path.built();
    this.owner.onRebuilt();
    void this.negotiate();
  }

  private addSender(pc: RTCPeerConnection, kind: WireSourceKind): RTCRtpTransceiver {
    const media = kind === 'camera' || kind === 'screen' ? 'video' : 'audio';
    const transceiver = pc.addTransceiver(media, { direction: 'sendonly', sendEncodings: encodingsOf(kind) });
    preferRoomCodecs(transceiver, media);
    const track = this.tracks[kind] ?? null;
    if (track !== null) send(kind, transceiver.sender, track);
    return transceiver;
  }

  private addSlots(pc: RTCPeerConnection): void {
    while (this.slots.length < FIRST_TILE_SLOT + this.tiles) {
      const media = this.slots.length < STAGE_VIDEO_SLOT ? 'audio' : 'video';
      const transceiver = pc.addTransceiver(media, { direction: 'recvonly' });
      preferRoomCodecs(transceiver, media);
      this.slots.push({ transceiver, stream: new MediaStream([transceiver.receiver.track]) });
    }
  }

  private async negotiate(): Promise<void> {
    this.offerNeeded = true;
    if (this.negotiating) return;
    this.negotiating = true;
    for (let pc = this.pc; this.offerNeeded && pc !== null; pc = this.pc) {
      this.offerNeeded = false;
      try {
        await this.offerOnce(pc);
      } catch (error) {
        if (this.pc === pc) {
          this.offerFailed(error);
          break;
        }
      }
    }
    this.negotiating = false;
  }

  private async offerOnce(pc: RTCPeerConnection): Promise<void> {
    await pc.setLocalDescription();
    const sdp = pc.localDescription?.sdp ?? '';
    const answer = await this.owner.offer(this.id, await packSdp(sdp), this.sections());
    if (this.pc !== pc) return;
    const session = sessionOf(answer);
    if (this.session !== null && session !== this.session) {
      // The transport that knew this connection is gone, and another one answered.
      this.build();
      return;
    }
    this.session = session;
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    if (this.pc === pc) this.path.answered();
  }

  private offerFailed(error: unknown): void {
    this.offerNeeded = true;
    const code = error instanceof RequestError ? error.code : 'bad_offer';
    // The socket's return repeats it.
    if (code === 'connection_lost') return;
    this.owner.onRefused(code);
    if (code === 'no_common_codec' || code === 'not_allowed') return;
    clearTimeout(this.offerTimer);
    const pause = code === 'bad_offer' ? BAD_OFFER_PAUSE_MS : OFFER_PAUSE_MS;
    this.offerTimer = setTimeout(() => this.build(), pause);
  }

  private sections(): WireSection[] {
    const sections: WireSection[] = [];
    for (const [kind, { mid }] of this.senders) {
      if (mid !== null) sections.push({ mid, purpose: { source: kind } });
    }
    for (const [slot, { transceiver }] of this.slots.entries()) {
      if (transceiver.mid !== null) sections.push({ mid: transceiver.mid, purpose: { slot } });
    }
    return sections;
  }

  private restart(): void {
    this.pc?.restartIce();
    void this.negotiate();
  }

  private discard(): void {
    clearTimeout(this.offerTimer);
    const pc = this.pc;
    this.pc = null;
    this.senders = new Map();
    this.slots = [];
    this.session = null;
    if (pc === null) return;
    pc.oniceconnectionstatechange = pc.onconnectionstatechange = null;
    pc.close();
  }
}

/** The layers before the size of the picture is known. */
function encodingsOf(kind: WireSourceKind): RTCRtpEncodingParameters[] {
  if (kind === 'camera') return cameraEncodings(1280, 720);
  return kind === 'screen' ? SCREEN_ENCODINGS.map((encoding) => ({ ...encoding })) : [{}];
}

/** Puts a track in its sender. Fails only when the connection is closed meanwhile. */
function send(kind: WireSourceKind, sender: RTCRtpSender, track: MediaStreamTrack | null): void {
  const placed = async () => {
    await sender.replaceTrack(track);
    if (kind === 'camera' && track !== null) await fitCamera(sender, track);
    if (kind === 'screen' && track !== null) await keepLegible(sender);
  };
  placed().catch(() => undefined);
}

/** What stays the same in all answers to one peer connection: the session's number (RFC 8866 §5.2) and the certificate. */
function sessionOf(answer: string): string {
  const number = /^o=\S+ (\d+) /m.exec(answer)?.[1] ?? '';
  return `${number} ${/^a=fingerprint:(.*)$/m.exec(answer)?.[1] ?? ''}`;
}
