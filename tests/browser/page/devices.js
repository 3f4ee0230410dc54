// Runs in the page before anything else: the site's camera is a canvas in its own colour, its microphone an
// oscillator at its own pitch. `window.__site` is { colour, screen, tone (Hz or 'speech'), width, height, rate }; for a
// shared screen that sounds { screenTone }, for a site without devices { refuseWith: the name of the error }, for
// pictures that people look at { scene: how many sit there }.
(() => {
    // Only a page that came over TLS has devices: not the empty one before it.
    if (navigator.mediaDevices === undefined) return;
    const site = window.__site;
    const FLASH_TONE = 3000;
    const LOUD = 0.4;
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

    /** A page of text with a pointer that moves, as a screen shows it; with its track. */
    function text(lines) {
        const canvas = document.createElement('canvas');
        canvas.width = 1280;
        canvas.height = 720;
        const context = canvas.getContext('2d', { alpha: false });
        let step = 0;
        const draw = () => {
            step += 1;
            context.fillStyle = '#fff';
            context.fillRect(0, 0, canvas.width, canvas.height);
            context.fillStyle = '#111';
            context.font = '18px sans-serif';
            for (const [n, line] of lines.entries()) context.fillText(line, 40, 40 + n * 28);
            context.fillRect(20 + (step % 30), 705, 8, 8);
        };
        draw();
        const timer = setInterval(draw, 200);
        const [track] = canvas.captureStream(5).getVideoTracks();
        return dress(track, 'Screen', { width: 1280, height: 720, frameRate: 5 }, () => clearInterval(timer));
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

    /**
     * Eight seconds of babble that a codec takes for speech: vowels by three formants over a voice whose pitch
     * glides, hissing consonants, pauses. The same each time.
     */
    function babble(context) {
        const rate = context.sampleRate;
        const buffer = context.createBuffer(1, rate * 8, rate);
        const samples = buffer.getChannelData(0);
        let state = 7;
        const random = () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return state / 2 ** 32;
        };
        const vowels = [[730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [530, 1840, 2480], [570, 840, 2410], [440, 1020, 2240]];
        const resonator = () => {
            let [before, last] = [0, 0];
            return (input, frequency, width) => {
                const r = Math.exp((-Math.PI * width) / rate);
                const next = (1 - r) * input + 2 * r * Math.cos((2 * Math.PI * frequency) / rate) * last - r * r * before;
                [before, last] = [last, next];
                return next;
            };
        };
        const formants = [resonator(), resonator(), resonator()];
        const hiss = resonator();
        let at = 0;
        let phase = 0;
        let shape = vowels[0];
        while (at < samples.length) {
            const [next, consonant, vowel] = [vowels[Math.floor(random() * vowels.length)], rate * (0.03 + random() * 0.06), rate * (0.09 + random() * 0.16)];
            const [from, to, loud, pitch] = [95 + random() * 80, 85 + random() * 90, 0.5 + random() * 0.5, 3500 + random() * 3000];
            for (let n = 0; n < consonant && at < samples.length; n += 1, at += 1) samples[at] = hiss(random() - 0.5, pitch, 900) * 0.04;
            for (let n = 0; n < vowel && at < samples.length; n += 1, at += 1) {
                const along = n / vowel;
                phase += (from + (to - from) * along) / rate;
                const pulse = phase >= 1 ? 1 : 0;
                phase -= pulse;
                const breath = (random() - 0.5) * 0.02;
                const glide = shape.map((value, i) => value + (next[i] - value) * Math.min(1, along * 3));
                const sum = formants.reduce((total, filter, i) => total + filter(pulse + breath, glide[i], 70 + i * 40) / (i + 1), 0);
                samples[at] = sum * loud * Math.sin(Math.PI * Math.min(1, along * 1.1));
            }
            shape = next;
            if (random() < 0.2) at += Math.floor(rate * (0.08 + random() * 0.2));
        }
        const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        for (let n = 0; n < samples.length; n += 1) samples[n] /= peak;
        return new AudioBufferSourceNode(context, { buffer, loop: true });
    }

    function sound(tone) {
        const context = clock();
        const output = context.createMediaStreamDestination();
        const volume = new GainNode(context, { gain: LOUD });
        volumes.add(volume);
        const source = tone === 'speech' ? babble(context) : new OscillatorNode(context, { frequency: tone });
        source.connect(volume).connect(output);
        source.start();
        outputs.add(output);
        context.resume();
        const [track] = output.stream.getAudioTracks();
        return dress(track, 'Microphone', { deviceId: 'microphone', groupId: 'site' }, () => volume.disconnect());
    }
    const outputs = new Set();
    const volumes = new Set();

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
        /** Speaks or is silent, with the microphone open all the time. */
        speak(on) {
            for (const volume of volumes) volume.gain.value = on ? LOUD : 0;
        },
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
            const tracks = [site.text === undefined ? picture(site.screen, { width: 1280, height: 720, rate: 5 }) : text(site.text)];
            if (site.screenTone !== undefined) tracks.push(sound(site.screenTone));
            return new MediaStream(tracks);
        },
    });
})();
