/** Plays the audio slots. One element a slot: the browser itself keeps the stage's sound with its picture (same msid). */
import { type ReadonlySignal, signal } from '@preact/signals';
import { setSink } from './devices';

/** See the module. */
export class Sound {
  private readonly blockedSignal = signal(false);
  private readonly elements = new Map<number, HTMLAudioElement>();
  private speaker = '';

  constructor(private readonly make: () => HTMLAudioElement = () => new Audio()) {}

  /** The browser refuses to play until the person clicks. */
  get blocked(): ReadonlySignal<boolean> {
    return this.blockedSignal;
  }

  /** Plays a slot's stream from now on. */
  setStream(slot: number, stream: MediaStream): void {
    let element = this.elements.get(slot);
    if (element === undefined) {
      element = this.make();
      this.elements.set(slot, element);
      void setSink(element, this.speaker);
    }
    if (element.srcObject === stream) return;
    element.srcObject = stream;
    void this.play(element);
  }

  /** Plays on this speaker; empty for the system's. */
  setSpeaker(deviceId: string): void {
    this.speaker = deviceId;
    for (const element of this.elements.values()) void setSink(element, deviceId);
  }

  /** Tries again; call it from a click. */
  async unblock(): Promise<void> {
    this.blockedSignal.value = false;
    await Promise.all([...this.elements.values()].map((element) => this.play(element)));
  }

  /** Ends all sound. */
  stop(): void {
    for (const element of this.elements.values()) {
      element.pause();
      element.srcObject = null;
    }
    this.elements.clear();
    this.blockedSignal.value = false;
  }

  private async play(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      // Being overtaken by another stream (AbortError) is no refusal.
      if (error instanceof Error && error.name === 'NotAllowedError') this.blockedSignal.value = true;
    }
  }
}
