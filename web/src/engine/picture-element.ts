/** The part of the cover protocol that touches a video element. */

/** A video element as the pictures need it. */
export interface PictureSurface {
  /** What it plays. */
  setStream(stream: MediaStream | null): void;
  /** Whether it must not be seen; at once, in the same task. */
  setCovered(covered: boolean): void;
  /** Calls back at every painted frame with its RTP timestamp, `null` for a frame captured here. */
  onFrame(listener: (rtpTimestamp: number | null) => void): void;
  /** Lets the element go, empty and covered. */
  release(): void;
}

/** Wraps an element. Both engines report the RTP timestamp of the very frame that is painted, also while hidden. */
export function surfaceOf(video: HTMLVideoElement): PictureSurface {
  let request = 0;
  let listener: (rtpTimestamp: number | null) => void = () => undefined;
  const frame: VideoFrameRequestCallback = (_now, metadata) => {
    request = video.requestVideoFrameCallback(frame);
    listener(metadata.rtpTimestamp ?? null);
  };
  request = video.requestVideoFrameCallback(frame);
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.toggleAttribute('data-covered', true);
  return {
    setStream(stream) {
      if (video.srcObject === stream) return;
      video.srcObject = stream;
      // A muted element may always play; a play that is overtaken by the next stream is no error.
      if (stream !== null) video.play().catch(() => undefined);
    },
    setCovered(covered) {
      if (video.hasAttribute('data-covered') !== covered) video.toggleAttribute('data-covered', covered);
    },
    onFrame(run) {
      listener = run;
    },
    release() {
      video.cancelVideoFrameCallback(request);
      video.toggleAttribute('data-covered', true);
      video.srcObject = null;
    },
  };
}

/** Longest wait for a paint: a page that is not drawn shows nothing either. */
const PAINT_TIMEOUT_MS = 100;

/** Calls back when what the document holds now has been painted, or at once when it is hidden. */
export function afterPaint(run: () => void): void {
  if (document.hidden) {
    run();
    return;
  }
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  // The frame callback runs before the paint, the task it queues after it.
  requestAnimationFrame(() => setTimeout(once, 0));
  setTimeout(once, PAINT_TIMEOUT_MS);
}
