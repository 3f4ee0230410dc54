import { useEffect, useRef } from 'preact/hooks';

/** A stream of this computer's own, without sound. No stop of the Tab key, which Firefox makes of every video. */
export function OwnVideo({ stream, mirrored }: { readonly stream: MediaStream; readonly mirrored: boolean }) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (element.current !== null) element.current.srcObject = stream;
  }, [stream]);
  return (
    <video
      ref={element}
      class={mirrored ? 'picture mirrored' : 'picture'}
      tabIndex={-1}
      autoplay
      muted
      playsInline
    />
  );
}

/**
 * A place that the room fills with a picture. It begins covered; from `attach` on the room alone covers and uncovers
 * it, at the painted frame, and the style sheet shows the crest behind it exactly as long as it is covered.
 */
export function RemoteVideo({ attach }: { readonly attach: (place: HTMLElement) => () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current === null ? undefined : attach(place.current)), []);
  return <div ref={place} class="picture" data-covered="" />;
}
