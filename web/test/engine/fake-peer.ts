/** The browser's WebRTC as far as the engine uses it, driven by the test. */

class FakeTransceiver {
  mid: string | null = null;
  readonly receiver = { track: {} as MediaStreamTrack };
  readonly sender = {
    track: null as MediaStreamTrack | null,
    replaceTrack: (track: MediaStreamTrack | null) => {
      this.sender.track = track;
      return Promise.resolve();
    },
    getParameters: () => ({ encodings: this.init.sendEncodings ?? [] }),
    setParameters: (parameters: { encodings: RTCRtpEncodingParameters[] }) => {
      this.init.sendEncodings = parameters.encodings;
      return Promise.resolve();
    },
  };
  constructor(
    readonly kind: string,
    readonly init: RTCRtpTransceiverInit,
  ) {}
  setCodecPreferences(): void {}
}

export class FakePeerConnection {
  static all: FakePeerConnection[] = [];
  transceivers: FakeTransceiver[] = [];
  iceConnectionState: RTCIceConnectionState = 'new';
  connectionState: RTCPeerConnectionState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: { sdp: string } | null = null;
  answers: string[] = [];
  offers = 0;
  iceRestarts = 0;
  closed = false;
  oniceconnectionstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;

  constructor(readonly configuration: RTCConfiguration) {
    FakePeerConnection.all.push(this);
  }

  static last(): FakePeerConnection {
    const pc = FakePeerConnection.all.at(-1);
    if (pc === undefined) throw new Error('no peer connection was made');
    return pc;
  }

  addTransceiver(kind: string, init: RTCRtpTransceiverInit): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, init);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  setLocalDescription(): Promise<void> {
    this.offers++;
    this.signalingState = 'have-local-offer';
    for (const [index, each] of this.transceivers.entries()) each.mid = `${index}`;
    this.localDescription = { sdp: `offer ${this.offers}` };
    return Promise.resolve();
  }

  setRemoteDescription(answer: RTCSessionDescriptionInit): Promise<void> {
    this.answers.push(answer.sdp ?? '');
    this.signalingState = 'stable';
    return Promise.resolve();
  }

  restartIce(): void {
    this.iceRestarts++;
  }

  close(): void {
    this.closed = true;
  }

  path(ice: RTCIceConnectionState, connection: RTCPeerConnectionState): void {
    this.iceConnectionState = ice;
    this.oniceconnectionstatechange?.();
    this.connectionState = connection;
    this.onconnectionstatechange?.();
  }
}

/** Puts the fakes where the engine looks. */
export function installFakePeer(stub: (name: string, value: unknown) => void): void {
  FakePeerConnection.all = [];
  stub('RTCPeerConnection', FakePeerConnection);
  stub('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) });
  stub(
    'MediaStream',
    class {
      constructor(readonly tracks: unknown[]) {}
    },
  );
}
