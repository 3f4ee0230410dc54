// Runs in the page before anything else: the site's camera is a canvas in its own colour, its microphone an
// oscillator at its own pitch. `window.__site` is { colour, screen, tone, width, height, rate }, and for a
// site without devices { refuseWith: the name of the error }, for pictures that people look at { scene: how many sit there }.
(() => {
    // Only a page that came over TLS has devices: not the empty one before it.
    if (navigator.mediaDevices === undefined) return;
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
            if (site.scene !== undefined) {
                meeting(context, width, height, colour, site.scene, step);
                return;
            }
            context.fillStyle = flashing() ? '#fff' : css(colour);
            context.fillRect(0, 0, width, height);
            context.fillStyle = '#888';
            context.fillRect(((step * width) / 40) % width, height * 0.9, width / 16, height / 12);
        };
        draw();
        const timer = setInterval(draw, 1000 / rate);
        const [track] = canvas.captureStream(rate).getVideoTracks();
        const settings = { deviceId: 'camera', groupId: 'site', width, height, frameRate: rate };
        return dress(track, 'Camera', settings, () => clearInterval(timer));
    }

    /** A room with so many people at its table, for pictures that people look at. */
    function meeting(context, width, height, colour, people, step) {
        const wall = context.createLinearGradient(0, 0, width, height);
        wall.addColorStop(0, css(colour.map((value) => 60 + value * 0.5)));
        wall.addColorStop(1, css(colour.map((value) => 20 + value * 0.25)));
        context.fillStyle = wall;
        context.fillRect(0, 0, width, height);
        context.fillStyle = 'rgb(255 255 255 / 0.12)';
        context.fillRect(width * 0.36, height * 0.08, width * 0.28, height * 0.24);
        for (let n = 0; n < people; n += 1) {
            const x = (width * (n + 0.5)) / people;
            const sway = Math.sin(step / 9 + n * 2) * height * 0.006;
            const size = height * Math.min(0.15, 0.42 / people);
            context.fillStyle = ['#26303c', '#35424f', '#2b3a33', '#40363a'][n % 4];
            context.beginPath();
            context.ellipse(x, height * 0.86, size * 1.9, size * 2.1, 0, Math.PI, 0);
            context.fill();
            context.fillStyle = ['#d9a887', '#c99573', '#e0b596', '#bf8a68'][n % 4];
            context.beginPath();
            context.ellipse(x, height * 0.86 - size * 2.7 + sway, size * 0.82, size, 0, 0, Math.PI * 2);
            context.fill();
            context.fillStyle = '#1d1a1a';
            context.beginPath();
            context.ellipse(x, height * 0.86 - size * 3 + sway, size * 0.86, size * 0.8, 0, Math.PI, 0);
            context.fill();
        }
        context.fillStyle = '#5b4634';
        context.fillRect(0, height * 0.82, width, height * 0.18);
        context.fillStyle = '#6d5541';
        context.fillRect(0, height * 0.82, width, height * 0.025);
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
        refuseWith: site.refuseWith ?? null,
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
