// Asks for /stats every second and shows what has changed.

const SECONDS = 60;
const speeds = Array(SECONDS).fill(0);
let last = null;

const show = (id, text) => { document.getElementById(id).textContent = text; };
const number = (value) => Math.round(value).toLocaleString('en');

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

// The listeners' numbers as one.
function total(stats) {
  const sum = (pick) => stats.listeners.reduce((all, listener) => all + pick(listener), 0);
  return {
    uptime: stats.uptime,
    connections: sum((listener) => listener.connections.open),
    requests: sum(({ requests }) => requests['1.0'] + requests['1.1'] + requests['2']),
    sent: sum((listener) => listener.bytes.out),
  };
}

function showRates(now) {
  show('connections', number(now.connections));
  show('requests', number(now.requests));
  show('sent', bytes(now.sent));
  if (last !== null && now.uptime > last.uptime) {
    const seconds = now.uptime - last.uptime;
    show('rate', number((now.requests - last.requests) / seconds));
    speeds.push((now.sent - last.sent) / seconds);
    speeds.shift();
    show('speed', bytes(speeds.at(-1)));
    draw();
  }
  last = now;
}

function draw() {
  const highest = Math.max(...speeds, 4096);
  const points = speeds.map((speed, at) => `${(at * 600 / (SECONDS - 1)).toFixed(1)},${(78 - speed * 74 / highest).toFixed(1)}`);
  document.getElementById('line').setAttribute('d', `M${points.join('L')}`);
  document.getElementById('area').setAttribute('d', `M0,80L${points.join('L')}L600,80Z`);
}

function showRing(listeners) {
  const ring = listeners.find((listener) => listener.tls).ring;
  show('high-water', number(ring.highWater));
  show('capacity', number(ring.capacity));
  show('waits', number(ring.waits));
  document.getElementById('level').style.width = `${100 * Math.min(1, ring.highWater / ring.capacity)}%`;
}

async function refresh() {
  try {
    const stats = await (await fetch('/stats')).json();
    showRates(total(stats));
    showRing(stats.listeners);
    show('memory', bytes(stats.memory));
    show('secure', stats.request.tls ? `in ${stats.request.tls.version.replace('v', ' ')}` : 'in the clear');
    show('state', 'They are live.');
  } catch {
    show('state', 'The server does not answer.');
  }
  setTimeout(refresh, 1000);
}

const names = { 'h2': 'HTTP/2', 'http/1.1': 'HTTP/1.1' };
const protocol = performance.getEntriesByType('navigation')[0].nextHopProtocol;
show('protocol', names[protocol] ?? protocol);
show('origin', location.origin);
draw();
refresh();
