// Times for people, written as TimeText.cs writes them, and the steps of an axis.

const secondSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

function two(number) {
  return String(number).padStart(2, "0");
}

function exhibitionTime(seconds) {
  // Whole milliseconds, cut and not rounded as the library does; the hair more makes up for 0.3 being 0.29999.
  const ms = Math.floor(seconds * 1000 + 1e-4), whole = Math.floor(ms / 1000), rest = ms % 1000;
  const text = `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return rest ? text + (rest / 1000).toFixed(3).slice(1).replace(/0+$/, "") : text;
}

function threeFigures(value) {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function wallTime(seconds) {
  if (seconds === 0) return "0 s";
  if (seconds >= 60) return exhibitionTime(Math.round(seconds));
  if (seconds >= 1) return threeFigures(seconds) + " s";
  if (seconds >= 1e-3) return threeFigures(seconds * 1e3) + " ms";
  return threeFigures(seconds * 1e6) + " µs";
}

function formatTime(seconds, clock) {
  if (seconds < 0) return "−" + formatTime(-seconds, clock);
  return clock === "exhibition" ? exhibitionTime(seconds) : wallTime(seconds);
}

/** The step between two marks so that they stand at least `gap` pixels apart. */
function tickStep(secondsPerPixel, gap) {
  const least = secondsPerPixel * gap;
  if (least > 86400) return Math.ceil(least / 86400) * 86400;
  if (least > 0.5) return secondSteps.find(step => step >= least);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(n => n * power).find(step => step >= least * 0.999999);
}

/** A mark's text: as fine as the step, never finer. */
function formatTick(seconds, step, clock) {
  if (step >= 1 && (clock === "exhibition" || seconds >= 60)) return exhibitionTime(Math.round(seconds));
  if (clock === "exhibition") return exhibitionTime(seconds);
  const [unit, name] = step >= 0.5 ? [1, "s"] : step >= 5e-4 ? [1e-3, "ms"] : [1e-6, "µs"];
  if (seconds === 0) return "0 " + name;
  const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
  return `${(seconds / unit).toFixed(digits)} ${name}`;
}
