// Runs in the page before anything else: keeps hold of its peer connections, and reads pictures and sound
// as a person would, from what is painted and played.
(() => {
    const FARTHEST_COLOUR = 90;
    const peers = [];
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
        constructor(...args) {
            super(...args);
            peers.push(this);
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

    window.__observer = { peers, colourOf, nameOf, hear, statistics };
})();
