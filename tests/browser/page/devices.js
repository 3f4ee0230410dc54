// Runs in the page before anything else: the site's camera is a canvas in its own colour, its microphone an
// oscillator at its own pitch. `window.__site` is { colour, screen, tone, width, height, rate }.
(() => {
    const site = window.__site;
    const FLASH_TONE = 3000;
    const known = [
        { kind: 'videoinput', deviceId: 'camera', groupId: 'site', label: 'Camera' },
        { kind: 'audioinput', deviceId: 'microphone', groupId: 'site', label: 'Microphone' },
        { kind: 'audiooutput', deviceId: 'default', groupId: 'site', label: 'Loudspeaker' },
    ];

    const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

    /** The page's one audio context, also the clock of flashes. */
    let audio;
    const clock = () => (audio ??= new AudioContext());

    /** Flashes to come and not yet over: [begin, end] on the audio clock. */
    const flashes = [];
    const flashing = () => flashes.some(([begin, end]) => clock().currentTime >= begin && clock().currentTime < end);

    /** A canvas that always moves, and its track. */
    function picture(colour, { width, height, rate }) {
        const canvas = document.createElement('canvas');
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext('2d', { alpha: false });
        let step = 0;
        const draw = () => {
            step += 1;
            context.fillStyle = flashing() ? '#fff' : css(colour);
            context.fillRect(0, 0, width, height);
            context.fillStyle = '#888';
            context.fillRect((step * width) / 40 % width, height * 0.9, width / 16, height / 12);
        };
        draw();
        const timer = setInterval(draw, 1000 / rate);
        const [track] = canvas.captureStream(rate).getVideoTracks();
        const settings = { deviceId: 'camera', groupId: 'site', width, height, frameRate: rate };
        return dress(track, 'Camera', settings, () => clearInterval(timer));
    }

    function sound(tone) {
        const context = clock();
        const output = context.createMediaStreamDestination();
        const voice = new OscillatorNode(context, { frequency: tone });
        const volume = new GainNode(context, { gain: 0.4 });
        voice.connect(volume).connect(output);
        voice.start();
        outputs.add(output);
        context.resume();
        const [track] = output.stream.getAudioTracks();
        return dress(track, 'Microphone', { deviceId: 'microphone', groupId: 'site' }, () => voice.stop());
    }
    const outputs = new Set();

    function dress(track, label, settings, end) {
        Object.defineProperty(track, 'label', { value: label });
        track.getSettings = () => ({ ...settings });
        track.applyConstraints = async () => {};
        const stop = track.stop.bind(track);
        track.stop = () => {
            end();
            stop();
        };
        return track;
    }

    const refused = (name) => Promise.reject(new DOMException('as the test wants', name));

    window.__devices = {
        /** `NotAllowedError` and the like: what asking for a device shall come to. */
        refuseWith: null,
        /** One flash and beep at once, `after` seconds from now; resolves to its time on the page's clock. */
        async flash(after, seconds) {
            const context = clock();
            await context.resume();
            const begin = context.currentTime + after;
            flashes.push([begin, begin + seconds]);
            const beep = new OscillatorNode(context, { frequency: FLASH_TONE });
            for (const output of outputs) beep.connect(output);
            beep.start(begin);
            beep.stop(begin + seconds);
            return performance.now() + after * 1000;
        },
    };

    Object.assign(navigator.mediaDevices, {
        async enumerateDevices() {
            return known.map((device) => ({ ...device, toJSON: () => device }));
        },
        async getUserMedia({ video = false, audio: wantsAudio = false }) {
            const name = window.__devices.refuseWith;
            if (name) return refused(name);
            return new MediaStream([...(video ? [picture(site.colour, site)] : []), ...(wantsAudio ? [sound(site.tone)] : [])]);
        },
        async getDisplayMedia() {
            return new MediaStream([picture(site.screen, { width: 1280, height: 720, rate: 5 })]);
        },
    });
})();
