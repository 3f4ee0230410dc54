// Runs in a page on demand: notes when flashes are painted and when beeps are played, on the page's own clock.
(() => {
    const BEEP = 3000;
    const AUDIBLE = 0.02;
    const BLOCK = 128;
    /** A flash or beep that begins sooner than this after the last one (ms) is still the same. */
    const APART = 400;

    /**
     * Watches `video` and listens to `tracks` from now on. `lips.flashes` and `lips.beeps` are times in ms of
     * `performance.now()`: when the first white frame was to be displayed, and when the first beep sample is played.
     */
    window.__lips = (video, tracks) => {
        const lips = { flashes: [], beeps: [] };
        const note = (list, at) => {
            if (at - (list.at(-1) ?? -Infinity) > APART) list.push(at);
        };
        const painted = (_now, metadata) => {
            video.requestVideoFrameCallback(painted);
            if (Math.min(...window.__observer.colourOf(video)) > 200) note(lips.flashes, metadata.expectedDisplayTime);
        };
        video.requestVideoFrameCallback(painted);

        const context = new AudioContext();
        context.resume();
        const filter = new BiquadFilterNode(context, { type: 'bandpass', frequency: BEEP, Q: 4 });
        const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
        for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(filter);
        filter.connect(analyser);
        const wave = new Float32Array(analyser.fftSize);
        const timer = setInterval(() => {
            const end = context.currentTime;
            analyser.getFloatTimeDomainData(wave);
            const { contextTime, performanceTime } = context.getOutputTimestamp();
            for (let from = 0; from + BLOCK <= wave.length; from += BLOCK) {
                let sum = 0;
                for (let i = from; i < from + BLOCK; i += 1) sum += wave[i] * wave[i];
                if (Math.sqrt(sum / BLOCK) < AUDIBLE) continue;
                const begin = end - (wave.length - from) / context.sampleRate;
                note(lips.beeps, performanceTime + (begin - contextTime) * 1000);
            }
        }, 40);
        lips.stop = () => {
            clearInterval(timer);
            context.close();
        };
        return lips;
    };
})();
