mod chaos;
mod fan_out;
mod negotiation;
mod repair;
mod reports;
mod speakers;
mod switching;
mod world;
