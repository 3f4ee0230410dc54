// A sound server without sound: Firefox's AudioContext never starts on a machine that has no device.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.mjs';

/** Starts PulseAudio with a null sink in `folder`; returns the environment that points to it and how to stop it. */
export async function startSound(folder) {
    const socket = join(folder, 'sound.socket');
    const server = spawn(
        'pulseaudio',
        ['--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disallow-exit', '-n',
            '-L', 'module-null-sink', '-L', `module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket=${socket}`],
        { stdio: 'ignore', env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder } },
    );
    await until('the sound server listens', () => existsSync(socket), 10_000);
    return { environment: { PULSE_SERVER: `unix:${socket}` }, stop: () => server.kill() };
}
