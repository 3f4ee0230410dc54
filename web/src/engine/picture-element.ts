/** The part of the cover protocol that touches video elements. */

/** A picture on the page as the pictures need it. */
export interface PictureSurface {
  /** What it plays; nothing of what it played before is ever painted in it again. */
  setStream(stream: MediaStream | null): void;
  /** Whether it must not be seen; at once, in the same task. */
  setCovered(covered: boolean): void;
  /** Calls back at every painted frame with its RTP timestamp, `null` for a frame captured here. */
  onFrame(listener: (rtpTimestamp: number | null) => void): void;
  /** Lets the place go, empty and covered. */
  release(): void;
}

/**
 * A picture in a place of the page that has no other children. Each stream gets a video element of its own: one that
 * is given another stream may paint the old picture once more, under the new one's timestamp (ADR 2). Both engines
 * report the RTP timestamp of the very frame that is painted, also while it is not to be seen.
 */
export function surfaceIn(place: HTMLElement): PictureSurface {
  let video: HTMLVideoElement | null = null;
  let listener: (rtpTimestamp: number | null) => void = () => undefined;
  const empty = () => {
    if (video === null) return;
    video.srcObject = null;
    video.remove();
    video = null;
  };
  place.toggleAttribute('data-covered', true);
  return {
    setStream(stream) {
      empty();
      if (stream === null) return;
      const element = videoOf(stream, place.ownerDocument);
      const frame: VideoFrameRequestCallback = (_now, metadata) => {
        if (video !== element) return;
        element.requestVideoFrameCallback(frame);
        listener(metadata.rtpTimestamp ?? null);
      };
      element.requestVideoFrameCallback(frame);
      video = element;
      place.append(element);
      // A muted element may always play; a play that is overtaken by the next stream is no error.
      element.play().catch(() => undefined);
    },
    setCovered(covered) {
      if (place.hasAttribute('data-covered') !== covered) place.toggleAttribute('data-covered', covered);
    },
    onFrame(run) {
      listener = run;
    },
    release() {
      place.toggleAttribute('data-covered', true);
      empty();
    },
  };
}

/** An element for one stream, without sound. No stop of the Tab key, which Firefox makes of every video. */
export function videoOf(stream: MediaStream, page: Document): HTMLVideoElement {
  const video = page.createElement('video');
  video.tabIndex = -1;
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.srcObject = stream;
  return video;
}

/**
 * Longest wait for a paint: a page that is not drawn shows nothing either. Far longer than a busy page needs for it: until
 * then the old name stands, and the new picture would be seen under it.
 */
const PAINT_TIMEOUT_MS = 1000;

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
