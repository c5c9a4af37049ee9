// What Streamlit's messages to its server say: protocol buffers, of which a few fields are read.

// BackMsg.rerun_script, ClientState.widget_states and .is_auto_rerun, WidgetStates.widgets.
const RERUN = 11;
const STATES = 2;
const AUTOMATIC = 6;
const WIDGETS = 1;
// WidgetState.trigger_value, string_trigger_value, chat_input_value, json_trigger_value: what happened once.
const TRIGGERS = [2, 14, 15, 16];

/** The fields of a message: their numbers, and their values as numbers or bytes. */
function* fields(bytes) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let times = 1; ; times *= 128) {
      const byte = bytes[at++];
      value += (byte % 128) * times;
      if (!(byte >= 128)) return value;
    }
  };
  while (at < bytes.length) {
    const key = number();
    const wire = key % 8;
    const length = wire === 0 ? 0 : wire === 1 ? 8 : wire === 5 ? 4 : number();
    yield [(key - wire) / 8, wire === 0 ? number() : bytes.subarray(at, at + length)];
    at += length;
  }
}

const all = (bytes, wanted) => [...fields(bytes)].filter(([number]) => number === wanted).map(([, value]) => value);

/**
 * Whether a message that a timer sends, for a part of the page that looks around by itself, says of a button that it was
 * pressed. Streamlit sends the press again right after it, and the button would act twice.
 */
function isEarlyPress(message) {
  if (!ArrayBuffer.isView(message)) return false;
  const [rerun] = all(message, RERUN);
  if (!rerun || !all(rerun, AUTOMATIC).some(Boolean)) return false;
  const widgets = all(rerun, STATES).flatMap((states) => all(states, WIDGETS));
  return widgets.some((widget) => [...fields(widget)].some(([number, value]) => TRIGGERS.includes(number) && value));
}
