// Runs in the page before anything else: keeps hold of its peer connections, and reads pictures and sound
// as a person would, from what is painted and played.
(() => {
    const FARTHEST_COLOUR = 90;
    const MESSAGES_KEPT = 2000;
    const FAULTS_KEPT = 20;
    const AUDIBLE = 0.02;
    const PITCH_TOLERANCE = 40;
    /** A tone that was not heard for so long (ms) has ended. */
    const PAUSE = 500;
    const peers = [];
    /** When each connection entered each of its states (`ice checking`, `connected`), by `Date.now()`. */
    const states = [];
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
        constructor(...args) {
            super(...args);
            peers.push(this);
            const entered = {};
            states.push(entered);
            this.addEventListener('iceconnectionstatechange', () => (entered[`ice ${this.iceConnectionState}`] ??= Date.now()));
            this.addEventListener('connectionstatechange', () => (entered[this.connectionState] ??= Date.now()));
        }
    };

    /** The last messages of the gateway: `{ at, ...message }`. */
    const messages = [];
    const NativeSocket = window.WebSocket;
    window.WebSocket = class extends NativeSocket {
        constructor(...args) {
            super(...args);
            this.addEventListener('message', ({ data }) => {
                const at = Date.now();
                if (typeof data === 'string') messages.push({ at, ...JSON.parse(data) });
                if (messages.length > MESSAGES_KEPT) messages.shift();
            });
        }
    };

    const probe = document.createElement('canvas');
    probe.width = 64;
    probe.height = 36;
    const context = probe.getContext('2d', { willReadFrequently: true });

    /** Mean [r, g, b] of the middle of what a video shows now. */
    function colourOf(video) {
        context.drawImage(video, 0, 0, probe.width, probe.height);
        const { data } = context.getImageData(24, 10, 16, 10);
        const sum = [0, 0, 0];
        for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c += 1) sum[c] += data[i + c];
        return sum.map((value) => Math.round((value * 4) / data.length));
    }

    /** Name of the nearest colour of `palette` ({ name: [r, g, b] }), or null when none is near. */
    function nameOf(colour, palette) {
        let best = null;
        let nearest = FARTHEST_COLOUR;
        for (const [name, [r, g, b]] of Object.entries(palette)) {
            const distance = Math.hypot(colour[0] - r, colour[1] - g, colour[2] - b);
            if (distance < nearest) [best, nearest] = [name, distance];
        }
        return best;
    }

    let audio;
    const listeners = new Map();

    /** Pitch (Hz) and level of a track now; the first call begins to listen. */
    function hear(track) {
        audio ??= new AudioContext();
        audio.resume();
        if (!listeners.has(track.id)) {
            const analyser = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
            audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
            listeners.set(track.id, analyser);
        }
        const analyser = listeners.get(track.id);
        const wave = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(wave);
        const level = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
        const spectrum = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(spectrum);
        const loudest = spectrum.reduce((best, value, i) => (value > spectrum[best] ? i : best), 0);
        return { pitch: (loudest * audio.sampleRate) / analyser.fftSize, level };
    }

    /** Statistics of all peer connections that are not closed, as plain objects with the connection's number. */
    async function statistics() {
        const all = [];
        for (const [peer, connection] of peers.entries()) {
            if (connection.connectionState === 'closed') continue;
            for (const entry of (await connection.getStats()).values()) all.push({ peer, ...entry });
        }
        return all;
    }

    /** Media elements that were ever told to play, also those outside of the document. */
    const players = new Set();
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
        players.add(this);
        return play.call(this);
    };

    /** How the elements that play sound stand. */
    function playersNow() {
        return [...players]
            .filter(({ srcObject }) => srcObject instanceof MediaStream && srcObject.getAudioTracks().length > 0)
            .map(({ currentTime, paused, muted }) => ({ time: currentTime, paused, muted }));
    }

    /** The received audio tracks that an element plays. */
    function playing() {
        const elements = [...players].filter(({ paused, muted, srcObject }) => !paused && !muted && srcObject instanceof MediaStream);
        return [...new Set(elements.flatMap(({ srcObject }) => srcObject.getAudioTracks()))];
    }

    /** What is heard of each of them. */
    const sounds = () => playing().map(hear);

    /**
     * Begins to note when which of these pitches is heard: `followed` is one `{ tone, from, to }` (ms) after another, a
     * new one where another tone begins or the same one comes back after a pause.
     */
    function follow(tones) {
        const spans = [];
        window.__observer.followed = spans;
        setInterval(() => {
            const at = performance.now();
            for (const { pitch, level } of sounds()) {
                const tone = tones.find((each) => level > AUDIBLE && Math.abs(pitch - each) < PITCH_TOLERANCE);
                if (tone === undefined) continue;
                const last = spans.findLast((span) => span.tone === tone);
                if (last !== undefined && at - last.to < PAUSE) last.to = at;
                else spans.push({ tone, from: at, to: at });
            }
        }, 20);
    }

    /** Frames painted by each video, by whoever asked for callbacks. */
    const painted = new WeakMap();
    const watchers = new Set();
    const native = HTMLVideoElement.prototype.requestVideoFrameCallback;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
        return native.call(this, (now, metadata) => {
            callback(now, metadata);
            if (painted.get(this)?.last === metadata.presentedFrames) return;
            painted.set(this, { last: metadata.presentedFrames, count: (painted.get(this)?.count ?? 0) + 1 });
            for (const watcher of watchers) watcher(this, now);
        });
    };

    /** What stands around a video: `{ where, member, kind, name, shown }`; null outside of stage and tiles. */
    function frameOf(video) {
        const figure = video.closest('figure[data-member]');
        if (figure === null) return null;
        return {
            where: figure.classList.contains('stage') ? 'stage' : 'tile',
            member: Number(figure.dataset.member),
            kind: figure.dataset.kind,
            name: figure.querySelector('.nameplate-name')?.textContent ?? '',
            shown: video.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
        };
    }

    /** All pictures of stage and tiles now. */
    function pictures(palette) {
        return [...document.querySelectorAll('figure[data-member] video')].map((video) => ({
            ...frameOf(video),
            colour: nameOf(colourOf(video), palette),
            height: video.videoHeight,
            frames: painted.get(video)?.count ?? 0,
        }));
    }

    /**
     * Begins to judge every frame that stage and tiles show: `colours` says each member's. Keeps when each picture's
     * frames were painted, when the stage first showed whom, and each frame whose colour was not its name's.
     */
    function watch(palette, colours) {
        const seen = { frames: {}, stage: [], wrong: [], judged: 0 };
        const judge = (video, painted) => {
            const frame = frameOf(video);
            if (frame === null || !frame.shown || frame.kind !== 'camera') return;
            const at = Date.now();
            const colour = nameOf(colourOf(video), palette);
            seen.judged += 1;
            if (colour !== colours[frame.member] && seen.wrong.length < FAULTS_KEPT) seen.wrong.push({ at, ...frame, colour, painted, own: video.closest('figure').dataset.own });
            if (!painted) return;
            (seen.frames[`${frame.where} ${frame.member}`] ??= []).push(at);
            if (frame.where === 'stage' && seen.stage.at(-1)?.member !== frame.member) seen.stage.push({ at, ...frame, colour });
        };
        watchers.add((video) => judge(video, true));
        // Also when a name or a cover changes over a picture that stands. The task queued here runs after the paint.
        const { port1, port2 } = new MessageChannel();
        let last = '';
        port1.onmessage = () => {
            const stage = document.querySelector('figure.stage[data-member] video');
            const now = stage === null ? '' : JSON.stringify(frameOf(stage));
            if (now !== last && stage !== null) judge(stage, false);
            last = now;
        };
        const afterPaint = () => {
            port2.postMessage(null);
            requestAnimationFrame(afterPaint);
        };
        requestAnimationFrame(afterPaint);
        window.__observer.seen = seen;
    }

    window.__observer = { players: playersNow, messages, states, watch, peers, colourOf, nameOf, hear, statistics, playing, sounds, follow, frameOf, pictures, watchers };
})();
