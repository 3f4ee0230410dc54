/** Loudness of the own microphone. */
import { type ReadonlySignal, signal } from '@preact/signals';

/** Between readings, in ms. */
const PERIOD_MS = 100;
/** The range shown, in decibels below full scale: a quiet room to a shout. */
const QUIETEST_DB = -60;

/** Maps samples to 0 (quiet room) … 1 (full scale), evenly in decibels. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.min(1, Math.max(0, 1 - decibels / QUIETEST_DB));
}

/** Reads the level of one track at a time. */
export class LevelMeter {
  private readonly current = signal(0);
  private context: AudioContext | null = null;
  private stopReading: (() => void) | null = null;

  /** 0 to 1, ten times a second. */
  get level(): ReadonlySignal<number> {
    return this.current;
  }

  /** Reads a track from now on, or none. The track must be enabled: hand over a clone. */
  read(track: MediaStreamTrack | null): void {
    this.stopReading?.();
    this.stopReading = null;
    this.current.value = 0;
    if (track === null) return;
    try {
      this.stopReading = this.listen(track);
    } catch {
      // A computer without any sound output may refuse: the microphone works without its meter.
      track.stop();
    }
  }

  /** Lets everything go. */
  dispose(): void {
    this.read(null);
    void this.context?.close();
    this.context = null;
  }

  private listen(track: MediaStreamTrack): () => void {
    this.context ??= new AudioContext();
    const context = this.context;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      if (context.state === 'suspended') void context.resume();
      analyser.getFloatTimeDomainData(samples);
      this.current.value = Math.round(loudness(samples) * 50) / 50;
    }, PERIOD_MS);
    return () => {
      clearInterval(timer);
      source.disconnect();
      track.stop();
    };
  }
}
