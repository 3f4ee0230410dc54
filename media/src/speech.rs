//! Who speaks: the dominant speaker detector of Volfin and Cohen, "Dominant speaker identification for
//! multipoint videoconferencing" (Computer Speech and Language 27, 2013), on three time scales, fed by
//! the audio levels of RFC 6464.

use std::time::{Duration, Instant};

use crate::rtp::AudioLevel;

/// One analysis frame: the usual length of an audio packet.
const FRAME: Duration = Duration::from_millis(20);
/// Bands that one frame's loudness is divided into (the paper's N1).
const BANDS: u8 = 13;
/// Loudness of one band in dB: with 13 bands, speech at 52 dB above the noise fills all.
const BAND_DECIBELS: u8 = 4;
/// Frames in one block of the medium scale (the paper's N2): 100 ms.
const FRAMES_PER_BLOCK: usize = 5;
/// Blocks in the long scale (the paper's N3): 1 s.
const BLOCKS: usize = 10;
const FRAMES: usize = FRAMES_PER_BLOCK * BLOCKS;
/// A frame is loud from so many bands on: 16 dB above the noise.
const LOUD_BANDS: u8 = 4;
/// A block is spoken if at least so many of its frames are loud: 60 ms are a syllable, less is a click.
const SPOKEN_FRAMES: usize = 3;
/// Loudness above −dBov silence (127) that never counts as noise: what is louder than −50 dBov is heard
/// however steady it is.
const LOUDEST_NOISE: u8 = 77;
/// The noise floor is never below −70 dBov: a microphone that was off must not take the noise of its room for speech.
const QUIETEST_NOISE: u8 = 57;
/// The noise floor rises 1 dB in so many frames (2 s) and falls at once.
const FLOOR_RISE_FRAMES: u32 = 100;
/// Who was heard stays active for so long: pauses between words do not end a speech.
const HANGOVER: Duration = Duration::from_millis(800);

/// Thresholds on the logarithm of the ratio of scores, candidate to incumbent (the paper's C1, C2, C3).
const IMMEDIATE_THRESHOLD: f64 = 3.0;
const MEDIUM_THRESHOLD: f64 = 2.0;
const LONG_THRESHOLD: f64 = 0.0;
/// The exponential distribution of each scale under the hypothesis of silence (the paper's lambda).
const IMMEDIATE_DECAY: f64 = 0.78;
const MEDIUM_DECAY: f64 = 24.0;
const LONG_DECAY: f64 = 47.0;
const LEAST_SCORE: f64 = 1e-10;

/// The likelihood of speech on the three scales.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    immediate: f64,
    medium: f64,
    long: f64,
}

/// The last second of one microphone.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Bands of the last frames; the newest is at `newest`.
    frames: [u8; FRAMES],
    newest: usize,
    /// When the newest frame began.
    newest_began: Instant,
    floor: u8,
    frames_since_rise: u32,
    active_since: Option<Instant>,
    last_spoken: Option<Instant>,
}

impl Activity {
    /// A microphone that has been silent up to now.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self {
            frames: [0; FRAMES],
            newest: 0,
            newest_began: now,
            floor: LOUDEST_NOISE,
            frames_since_rise: 0,
            active_since: None,
            last_spoken: None,
        }
    }

    /// Takes the level of one packet.
    pub fn hear(&mut self, now: Instant, level: AudioLevel) {
        self.advance(now);
        let loudness = 127_u8.saturating_sub(level.level);
        self.follow_noise(loudness);
        let bands = (loudness.saturating_sub(self.floor) / BAND_DECIBELS).min(BANDS);
        if let Some(frame) = self.frames.get_mut(self.newest) {
            *frame = (*frame).max(bands);
        }
        if self.loud_frames(0) >= SPOKEN_FRAMES {
            self.last_spoken = Some(now);
            self.active_since.get_or_insert(now);
        }
    }

    /// Fills the time since the newest frame with silence, and ends a speech whose hangover is over.
    pub fn advance(&mut self, now: Instant) {
        let mut passed = 0;
        while now.saturating_duration_since(self.newest_began) >= FRAME {
            self.newest_began += FRAME;
            self.newest = (self.newest + 1) % FRAMES;
            if let Some(frame) = self.frames.get_mut(self.newest) {
                *frame = 0;
            }
            passed += 1;
            if passed == FRAMES {
                self.newest_began = now;
            }
        }
        let spoken = |last: Instant| now.saturating_duration_since(last) < HANGOVER;
        if !self.last_spoken.is_some_and(spoken) {
            self.active_since = None;
        }
    }

    fn follow_noise(&mut self, loudness: u8) {
        self.frames_since_rise += 1;
        if loudness <= self.floor {
            self.floor = loudness.max(QUIETEST_NOISE);
            self.frames_since_rise = 0;
        } else if self.frames_since_rise >= FLOOR_RISE_FRAMES {
            self.floor = (self.floor + 1).min(LOUDEST_NOISE);
            self.frames_since_rise = 0;
        }
    }

    /// Since when he speaks, pauses between words included.
    #[must_use]
    pub const fn active_since(&self) -> Option<Instant> {
        self.active_since
    }

    /// When he was last heard.
    #[must_use]
    pub const fn last_spoken(&self) -> Option<Instant> {
        self.last_spoken
    }

    /// Loud frames in the block that lies `block` blocks back.
    fn loud_frames(&self, block: usize) -> usize {
        (block * FRAMES_PER_BLOCK..(block + 1) * FRAMES_PER_BLOCK)
            .filter(|&back| self.frame(back) >= LOUD_BANDS)
            .count()
    }

    fn frame(&self, back: usize) -> u8 {
        self.frames.get((self.newest + FRAMES - back) % FRAMES).copied().unwrap_or(0)
    }

    /// The likelihoods of speech as of the last frame.
    #[must_use]
    pub fn scores(&self) -> Scores {
        let spoken_blocks = (0..BLOCKS).filter(|&block| self.loud_frames(block) >= SPOKEN_FRAMES).count();
        Scores {
            immediate: score(usize::from(self.frame(0)), usize::from(BANDS), IMMEDIATE_DECAY),
            medium: score(self.loud_frames(0), FRAMES_PER_BLOCK, MEDIUM_DECAY),
            long: score(spoken_blocks, BLOCKS, LONG_DECAY),
        }
    }
}

/// Log-likelihood ratio of speech to silence when `active` of `total` parts are active: binomial with
/// p = 1/2 under speech, exponential under silence.
fn score(active: usize, total: usize, decay: f64) -> f64 {
    let choices: f64 = (0..active).map(|i| ((total - i) as f64).ln() - ((i + 1) as f64).ln()).sum();
    let speech = choices - total as f64 * std::f64::consts::LN_2;
    let silence = decay.ln() - decay * active as f64;
    (speech - silence).max(LEAST_SCORE)
}

/// Chooses the dominant speaker; an incumbent keeps the place until someone speaks clearly more.
#[derive(Debug, Clone)]
pub struct DominantSpeaker<K> {
    incumbent: Option<K>,
}

impl<K> Default for DominantSpeaker<K> {
    fn default() -> Self {
        Self { incumbent: None }
    }
}

impl<K: Copy + PartialEq> DominantSpeaker<K> {
    /// Decides by the activities as of now, each of which was advanced to now. `None` while nobody speaks.
    pub fn decide<'a>(&mut self, microphones: impl Iterator<Item = (K, &'a Activity)> + Clone) -> Option<K> {
        let incumbent = self.incumbent;
        let holder =
            microphones.clone().find(|&(key, _)| Some(key) == incumbent).map(|(_, activity)| activity);
        let challengers = microphones
            .clone()
            .filter(|&(key, activity)| Some(key) != incumbent && activity.active_since().is_some());
        let mut best: Option<(K, f64)> = None;
        for (key, activity) in challengers {
            let margin = holder.map_or(Some(activity.scores().medium), |holder| margin(activity, holder));
            if let Some(margin) = margin
                && best.is_none_or(|(_, other)| margin > other)
            {
                best = Some((key, margin));
            }
        }
        if let Some((key, _)) = best {
            self.incumbent = Some(key);
        } else if holder.is_none() {
            self.incumbent = None;
        }
        let anyone = microphones.clone().any(|(_, activity)| activity.active_since().is_some());
        if anyone { self.incumbent } else { None }
    }
}

/// By how much a challenger outdoes the holder on the medium scale, if it does so on every scale.
/// A holder who has fallen silent yields to anyone who speaks.
fn margin(challenger: &Activity, holder: &Activity) -> Option<f64> {
    let (new, old) = (challenger.scores(), holder.scores());
    let medium = (new.medium / old.medium).ln();
    if holder.active_since().is_none() {
        return Some(medium);
    }
    let outdoes = (new.immediate / old.immediate).ln() > IMMEDIATE_THRESHOLD
        && medium > MEDIUM_THRESHOLD
        && (new.long / old.long).ln() > LONG_THRESHOLD;
    outdoes.then_some(medium)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const SPEECH: AudioLevel = AudioLevel { voice: true, level: 25 };
    const SILENCE: AudioLevel = AudioLevel { voice: false, level: 127 };

    /// Feeds one level per microphone for `frames` frames; returns the time after.
    fn talk(mut now: Instant, frames: u32, microphones: &mut [(&mut Activity, AudioLevel)]) -> Instant {
        for _ in 0..frames {
            for (activity, level) in &mut *microphones {
                activity.hear(now, *level);
            }
            now += FRAME;
        }
        now
    }

    #[test]
    fn sixty_milliseconds_of_speech_make_active_and_a_pause_does_not_end_it() {
        let now = testing::start();
        let mut activity = Activity::new(now);
        let now = talk(now, 2, &mut [(&mut activity, SPEECH)]);
        assert!(activity.active_since().is_none());
        let now = talk(now, 1, &mut [(&mut activity, SPEECH)]);
        assert!(activity.active_since().is_some());
        activity.advance(now + HANGOVER / 2);
        assert!(activity.active_since().is_some());
        activity.advance(now + HANGOVER);
        assert!(activity.active_since().is_none());
    }

    #[test]
    fn a_click_is_not_speech() {
        let now = testing::start();
        let mut activity = Activity::new(now);
        let mut now = talk(now, 20, &mut [(&mut activity, SILENCE)]);
        for _ in 0..20 {
            now = talk(now, 1, &mut [(&mut activity, SPEECH)]);
            now = talk(now, 5, &mut [(&mut activity, SILENCE)]);
        }
        assert!(activity.active_since().is_none());
    }

    #[test]
    fn steady_noise_of_a_room_is_not_speech() {
        let now = testing::start();
        let mut activity = Activity::new(now);
        talk(now, 500, &mut [(&mut activity, AudioLevel { voice: true, level: 52 })]);
        assert!(activity.active_since().is_none());
    }

    #[test]
    fn a_steady_loud_tone_is_heard_for_ever() {
        let now = testing::start();
        let mut activity = Activity::new(now);
        talk(now, 20_000, &mut [(&mut activity, AudioLevel { voice: true, level: 15 })]);
        assert!(activity.active_since().is_some());
    }

    #[test]
    fn the_first_to_speak_is_dominant_and_a_short_interjection_does_not_take_over() {
        let now = testing::start();
        let (mut first, mut second) = (Activity::new(now), Activity::new(now));
        let mut dominant = DominantSpeaker::default();
        let now = talk(now, 50, &mut [(&mut first, SPEECH), (&mut second, SILENCE)]);
        assert_eq!(dominant.decide([(1, &first), (2, &second)].into_iter()), Some(1));
        talk(now, 4, &mut [(&mut first, SPEECH), (&mut second, SPEECH)]);
        assert_eq!(dominant.decide([(1, &first), (2, &second)].into_iter()), Some(1));
    }

    #[test]
    fn who_goes_on_alone_takes_over() {
        let now = testing::start();
        let (mut first, mut second) = (Activity::new(now), Activity::new(now));
        let mut dominant = DominantSpeaker::default();
        let now = talk(now, 50, &mut [(&mut first, SPEECH), (&mut second, SILENCE)]);
        dominant.decide([(1, &first), (2, &second)].into_iter());
        talk(now, 50, &mut [(&mut first, SILENCE), (&mut second, SPEECH)]);
        assert_eq!(dominant.decide([(1, &first), (2, &second)].into_iter()), Some(2));
    }

    #[test]
    fn nobody_is_dominant_in_silence() {
        let now = testing::start();
        let mut first = Activity::new(now);
        let mut dominant = DominantSpeaker::default();
        let now = talk(now, 50, &mut [(&mut first, SPEECH)]);
        assert_eq!(dominant.decide([(1, &first)].into_iter()), Some(1));
        talk(now, 100, &mut [(&mut first, SILENCE)]);
        assert_eq!(dominant.decide([(1, &first)].into_iter()), None);
    }

    #[test]
    fn a_long_absence_is_silence_whatever_its_length() {
        let now = testing::start();
        let mut activity = Activity::new(now);
        let now = talk(now, 50, &mut [(&mut activity, SPEECH)]);
        activity.advance(now + Duration::from_secs(3600));
        assert!(activity.active_since().is_none());
        assert_eq!(activity.loud_frames(0), 0);
    }
}
