/* The chart with scripts: lines lit, cards, find, years, size, keys. Without them the same drawing
	 has links, the form asks the server, and below stand the lists. */
(() => {
"use strict";

const PIECE = 48; // lines of a large drawing that are put in at a time
const FIRST = "", LAST = "~"; // before and after every date in ISO form
const PLAIN = { ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ı: "i", æ: "ae", œ: "oe", þ: "th" };

/* As lineage/text.py folds names: without case, accents and punctuation. */
const fold = text => text.toLowerCase().replace(/[łøđðħıæœþ]/g, letter => PLAIN[letter])
	.normalize("NFKD").replace(/[\p{M}.'’ʼ]/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

const dress = (element, attributes) => {
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	return element;
};
const make = (tag, attributes, ...children) => {
	const made = dress(document.createElement(tag), attributes);
	made.append(...children);
	return made;
};
const draw = (tag, attributes) => dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
const on = (target, type, act, options) => target.addEventListener(type, act, options);
const rectOf = element => element.getBoundingClientRect();
const asked = new URLSearchParams(location.search);
const remember = (name, value) => {
	if (value) asked.set(name, value); else asked.delete(name);
	const query = asked.toString().replaceAll("%2C", ",");
	history.replaceState(history.state, "", location.pathname + (query && `?${query}`) + location.hash);
};
const fill = (name, value) => {
	for (const field of document.querySelectorAll(`.chart-controls [name=${name}]`)) field.value = value;
};
const calm = matchMedia("(prefers-reduced-motion: reduce)");

for (const figure of document.querySelectorAll("figure.chart")) {
	const frame = figure.querySelector(".chart-scroll[data-drawing]");
	if (!frame) start(figure);
	else bring(frame).then(() => start(figure), () => {
		frame.querySelector(".awaited")?.append(" It could not be fetched.");
	});
}

/* A large drawing comes after its page and is put in piece by piece, a line of it an element, so
	 that the page answers meanwhile. */
async function bring(frame) {
	const response = await fetch(frame.dataset.drawing);
	if (!response.ok) throw new Error(response.statusText);
	const text = await response.text();
	const lines = text.slice(text.indexOf("<svg"), text.lastIndexOf("</svg>")).split("\n");
	const holder = document.createElement("template");
	const parse = (markup) => {
		holder.innerHTML = markup;
		return holder.content.firstElementChild;
	};
	const breath = () => new Promise(go => { requestAnimationFrame(() => setTimeout(go)); setTimeout(go, 200); });
	const svg = parse(`${lines.shift()}</svg>`);
	svg.classList.add("is-large");
	frame.replaceChildren(svg);
	pastForerunners(frame, svg, [...text.matchAll(/ data-start="([\d.]+)".*? x="([\d.]+)"/g)].map(found => found.slice(1).map(Number)));
	/* Its groups first, with a place for each piece: one that is a group of its own is drawn anew by itself. */
	const pieces = [];
	let group = svg, piece;
	for (const line of lines) {
		const opens = /^<(g|defs)(?: [^>]*)?>$/.exec(line);
		if (opens) {
			const inner = parse(`<svg>${line}</${opens[1]}></svg>`).firstElementChild;
			group.append(inner);
			group = inner;
			piece = undefined;
		} else if (line === "</g>" || line === "</defs>") {
			group = group.parentNode;
			piece = undefined;
		} else {
			if (!piece || piece.lines.length >= PIECE) {
				piece = { place: group.tagName === "defs" ? group : parse("<svg><g></g></svg>").firstElementChild, lines: [] };
				if (piece.place !== group) group.append(piece.place);
				pieces.push(piece);
			}
			piece.lines.push(line);
		}
	}
	const put = (place, some) => {
		const parsed = parse(`<svg><g>${some.join("\n")}</g></svg>`).firstElementChild;
		for (const link of parsed.querySelectorAll("a")) link.setAttribute("tabindex", "-1");
		place.replaceChildren(...parsed.childNodes);
	};
	/* What is in sight, then all the rest. */
	let number = 0;
	for (const { place, lines: some } of pieces) {
		const seen = some.filter(line => crosses(line, frame.scrollTop, frame.scrollTop + frame.clientHeight));
		if (seen.length) put(place, seen);
		if ((number += seen.length) >= PIECE) { number = 0; await breath(); }
	}
	for (const { place, lines: some } of pieces) {
		put(place, some);
		if (some.length >= PIECE) await breath();
	}
}

/* Whether what a line of a drawing draws stands between two heights, if only in part. */
function crosses(line, top, bottom) {
	const heights = [...line.matchAll(/ c?y="([\d.]+)"|M[\d.]+ ([\d.]+)|V([\d.]+)|Q[\d.]+ [\d.]+ [\d.]+ ([\d.]+)|translate\([\d.]+ ([\d.]+)/g)]
		.map(found => Number(found.slice(1).find(Boolean)));
	return !heights.length || Math.min(...heights) < bottom && Math.max(...heights) > top;
}

/* Where the years begin to be full: past the few forerunners, where they take much of the window.
	 Down a page, where next to nobody of those years stands at its left edge, at the lane of who does.
	 Each bar is its beginning and its place from the left. */
function pastForerunners(frame, svg, bars) {
	const { time, x0, perYear, from } = svg.dataset;
	if (!bars.length || frame.scrollLeft || frame.scrollTop) return;
	const [first, left] = bars.sort((one, other) => one[0] - other[0])[Math.floor(bars.length / 10)];
	const past = Number(x0) + (first - Number(from)) * Number(perYear) - 60;
	const down = time === "down", room = down ? Math.min(frame.clientHeight, innerHeight / 2) : frame.clientWidth;
	if (past > room / 5) frame[down ? "scrollTop" : "scrollLeft"] = past;
	const until = first + room / 2 / Number(perYear);
	const there = bars.filter(([start, place]) => start < until && place < frame.clientWidth * 0.8);
	if (down && there.length < 3) frame.scrollLeft = left - frame.clientWidth / 3;
}

/* A page's own body is not left beyond the edge of its chart. */
function bringIntoSight(frame, bar) {
	const shape = rectOf(bar.querySelector(".bar") || bar), seen = rectOf(frame);
	if (shape.left >= seen.left && shape.left < seen.right - 120) return; // with room for its name
	frame.scrollLeft += shape.left - seen.left - seen.width / 3;
}

function start(figure) {
	const frame = figure.querySelector(".chart-scroll");
	const svg = frame && frame.querySelector("svg.lineage-chart");
	if (!svg) return;
	const explorer = figure.classList.contains("explorer");
	const does = name => figure.querySelector(`[data-does=${name}]`);
	const bars = new Map();
	for (const bar of svg.querySelectorAll(".organisation")) bars.set(bar.dataset.id, bar);
	const joins = [...svg.querySelectorAll("[data-from][data-to]")];
	const down = svg.dataset.time === "down";
	const status = make("p", { class: "vh", role: "status" });
	figure.append(status);
	const say = words => { status.textContent = words; };
	const shapeOf = bar => bar.querySelector(".bar") || bar;
	if (bars.size > 300) svg.classList.add("is-large");
	const barOf = target => target.closest && target.closest(".organisation");
	const nameOf = id => (index.bodies.get(id) || { name: id }).name;

	/* ---- What the server tells beside the drawing: names, and changes with their dates ---- */
	const index = { bodies: new Map(), after: new Map(), before: new Map() };
	let loading;
	const load = () => loading ??= fetch(figure.dataset.names)
		.then(response => response.json())
		.then(told => {
			for (const body of told.bodies) index.bodies.set(body.id, body);
			const put = (map, id, change) => map.set(id, [...(map.get(id) || []), change]);
			for (const change of told.changes) {
				put(index.after, change.from, change);
				put(index.before, change.to, change);
			}
		})
		.catch(() => { loading = undefined; say("The names could not be fetched."); });

	/* Who can be reached from a body, one way through time: each at the moment that allows most,
		 as lineage/graph.py walks. */
	function walk(from, forward, taken) {
		const best = new Map([[from, forward ? FIRST : LAST]]);
		const waiting = [from];
		for (const body of waiting) {
			const moment = best.get(body);
			for (const change of (forward ? index.after : index.before).get(body) || []) {
				const first = change.earliest || FIRST, last = change.latest || LAST;
				if (forward ? last < moment : first > moment) continue;
				taken.add(`${change.from} ${change.to}`);
				const next = forward ? change.to : change.from;
				const then = forward ? (first > moment ? first : moment) : (last < moment ? last : moment);
				const known = best.get(next);
				if (known === undefined || (forward ? then < known : then > known)) {
					best.set(next, then);
					waiting.push(next);
				}
			}
		}
		return best;
	}

	/* ---- Light and shade: the line of a body, the bodies of a year ---- */
	let passing = "", kept = "", year = 0;
	async function shade() {
		const id = passing || kept;
		if (id) await load();
		if (id !== (passing || kept)) return;
		const taken = new Set();
		const before = id ? walk(id, false, taken) : null, after = id ? walk(id, true, taken) : null;
		const lit = one => !id || before.has(one) || after.has(one);
		const there = bar => !year || exists(bar, year);
		for (const [one, bar] of bars) {
			bar.classList.toggle("is-dimmed", !lit(one) || !there(bar));
			bar.classList.toggle("is-lit", Boolean(id) && lit(one));
		}
		for (const link of others) link.classList.toggle("is-dimmed", Boolean(bars.get(link.dataset.id)?.matches(".is-dimmed")));
		for (const join of joins) {
			const { from, to } = join.dataset;
			const is = taken.has(`${from} ${to}`);
			const ends = [bars.get(from), bars.get(to)];
			join.classList.toggle("is-lit", is);
			join.classList.toggle("is-dimmed", Boolean(id && !is) || !ends.every(bar => !bar || there(bar)));
		}
		return id && [before.size - 1, after.size - 1];
	}
	const exists = (bar, asked) => !bar.querySelector(".undated")
		&& Number(bar.dataset.start) < asked + 1 && Number(bar.dataset.end) >= asked;
	const pass = id => { if (passing !== id) { passing = id; shade(); } };
	async function keep(id) {
		kept = id;
		if (explorer) {
			remember("lit", id);
			fill("lit", id);
		}
		const numbers = await shade();
		if (id && numbers) say(`${nameOf(id)}: ${numbers[0]} before it, ${numbers[1]} after it.`);
		else if (!id) say("No line is lit.");
		card.mark();
	}

	/* ---- Places: what is beside what, and how to bring it into view ---- */
	let boxes;
	const boxOf = id => {
		boxes ??= new Map([...bars].map(([one, bar]) => [one, shapeOf(bar).getBBox()]));
		return boxes.get(id);
	};
	function reveal(bar, middle = false, smooth = middle) {
		const box = rectOf(shapeOf(bar));
		const view = rectOf(frame);
		const shift = (start, end, from, to, head) => {
			const room = to - from;
			if (middle || end - start > room) return start - from - (middle ? room / 3 : head);
			return start < from + head ? start - from - head : end > to - head ? end - to + head : 0;
		};
		frame.scrollBy({
			left: shift(box.left, Math.min(box.right, box.left + 240), view.left, view.right, 60),
			top: shift(box.top, box.bottom, view.top, view.bottom, 60),
			behavior: smooth && !calm.matches ? "smooth" : "instant",
		});
	}
	function nearest(id, way) {
		const own = boxOf(id);
		const [along, across] = down ? ["y", "x"] : ["x", "y"];
		const [long, wide] = down ? ["height", "width"] : ["width", "height"];
		const middle = box => box[across] + box[wide] / 2;
		let found = "", least = Infinity;
		for (const one of bars.keys()) {
			const box = boxOf(one);
			const far = (middle(box) - middle(own)) * way;
			if (one === id || far <= 1) continue;
			const gap = Math.max(0, box[along] - own[along] - own[long], own[along] - box[along] - box[long]);
			const cost = far + gap * 3;
			if (cost < least) [found, least] = [one, cost];
		}
		return found;
	}
	function kin(id, forward) {
		const own = boxOf(id), across = down ? "x" : "y";
		const [near, far] = forward ? ["from", "to"] : ["to", "from"];
		return joins.filter(join => join.dataset[near] === id && bars.has(join.dataset[far]))
			.map(join => join.dataset[far])
			.sort((a, b) => Math.abs(boxOf(a)[across] - own[across]) - Math.abs(boxOf(b)[across] - own[across]))[0];
	}

	/* ---- Keys: the chart is one stop of the Tab key; arrows go on within it ---- */
	let current;
	const others = [...svg.querySelectorAll("a:not(.organisation)")];
	for (const link of [...bars.values(), ...others]) if (!link.hasAttribute("tabindex")) link.setAttribute("tabindex", "-1");
	function rove(bar) {
		if (current) current.setAttribute("tabindex", "-1");
		current = bar;
		if (bar) bar.setAttribute("tabindex", "0");
	}
	const focus = svg.querySelector(".organisation:has(.focus)");
	rove(focus || bars.values().next().value);
	const pastTheFirst = () => pastForerunners(frame, svg, [...bars.values()]
		.filter(bar => bar.dataset.start)
		.map(bar => [Number(bar.dataset.start), Number(bar.querySelector(".bar").getAttribute("x"))]));
	if (!explorer) {
		if (focus) bringIntoSight(frame, focus);
		else pastTheFirst();
	}
	const go = (id, middle) => {
		const bar = bars.get(id);
		if (!bar) return;
		bar.focus({ preventScroll: true });
		reveal(bar, middle);
	};
	on(frame, "keydown", event => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const bar = barOf(event.target), id = bar && bar.dataset.id;
		const to = down
			? { ArrowUp: [kin, false], ArrowDown: [kin, true], ArrowLeft: [nearest, -1], ArrowRight: [nearest, 1] }
			: { ArrowLeft: [kin, false], ArrowRight: [kin, true], ArrowUp: [nearest, -1], ArrowDown: [nearest, 1] };
		const key = event.key.toLowerCase();
		if (bar && to[event.key]) {
			const [way, argument] = to[event.key], next = way(id, argument);
			if (next) go(next);
			else say("There is nothing further that way.");
		} else if (bar && key === "c") card.open(id, true);
		else if (bar && key === "l" && explorer) keep(kept === id ? "" : id);
		else if (bar && key === "o") {
			const more = others.find(link => link.dataset.id === id && link.classList.contains("more"));
			if (more) location.assign(more.href.baseVal);
			else say("Nothing is hidden next to it.");
		} else if (zoom && zoom.keys[key]) zoom.keys[key]();
		else return;
		event.preventDefault();
	});
	/* On the frame: an SVG that listens for focus becomes a stop of the Tab key. */
	on(frame, "focusin", event => {
		const bar = barOf(event.target);
		if (!bar) return;
		rove(bar);
		pass(bar.dataset.id);
	});
	on(frame, "focusout", () => pass(""));

	/* ---- The pointer: hover lights and then opens the card, a tap does both, a click follows ---- */
	let pointer = "mouse", over = "", waiting, parting, dragged = false;
	on(frame, "pointerdown", event => { pointer = event.pointerType; }, true);
	/* Moves, and not what a scrolling chart brings under a pointer at rest. */
	on(svg, "pointermove", event => {
		const bar = barOf(event.target), id = bar ? bar.dataset.id : "";
		if (event.pointerType !== "mouse" || event.buttons || id === over) return;
		over = id;
		clearTimeout(waiting);
		clearTimeout(parting);
		if (bar) {
			pass(id);
			waiting = setTimeout(() => card.open(id, false, false, event.clientX), 500);
		} else part();
	});
	on(svg, "pointerleave", event => {
		if (event.pointerType !== "mouse") return;
		over = "";
		clearTimeout(waiting);
		part();
	});
	function part() {
		parting = setTimeout(() => pass(""), 100);
		card.leave();
	}
	on(svg, "click", event => {
		const bar = barOf(event.target);
		if (dragged) { event.preventDefault(); dragged = false; return; }
		if (!bar) { if (pointer !== "mouse") { keep(""); card.close(); } return; }
		const keyboard = event.detail === 0;
		if (keyboard || (event.pointerType || pointer) === "mouse" || card.id === bar.dataset.id) return;
		event.preventDefault();
		keep(bar.dataset.id);
		card.open(bar.dataset.id, false, true);
	}, true);
	on(svg, "dragstart", event => event.preventDefault());

	/* ---- The card: the page of a body in a nutshell, beside its bar ---- */
	const card = (() => {
		const box = make("div", { class: "chart-card", role: "dialog", "aria-label": "In short", tabindex: "-1", hidden: "" });
		const close = make("button", { type: "button", class: "plain", "aria-label": "Close the card" }, "×");
		const light = make("button", { type: "button", class: "plain", "aria-pressed": "false" }, "Keep its line lit");
		const fetched = new Map();
		let stays = false, leaving, back, wanted = "";
		const self = {
			id: "",
			async open(id, withFocus, tapped, x = 0) {
				clearTimeout(leaving);
				wanted = id;
				if (self.id !== id) {
					const bar = bars.get(id);
					const address = bar.getAttribute("href");
					if (!address) return;
					if (!fetched.has(id)) fetched.set(id, await read(`${address.replace(/\?.*/, "")}card/`));
					const article = fetched.get(id);
					if (wanted !== id) return;
					if (!article) { fetched.delete(id); say("The card could not be fetched."); return; }
					self.id = id;
					const foot = make("p", { class: "card-tools" }, ...(explorer ? [light] : []), close);
					box.replaceChildren(article.cloneNode(true), foot);
					self.mark();
					if (!box.isConnected) figure.append(box);
					box.hidden = false;
					place(bar, x);
				}
				stays = stays || withFocus || Boolean(tapped);
				if (withFocus) { back = bars.get(id); box.focus({ preventScroll: true }); }
			},
			leave() { wanted = ""; if (!stays) leaving = setTimeout(self.close, 300); },
			close() {
				wanted = "";
				if (!self.id) return;
				const held = box.contains(document.activeElement);
				self.id = "";
				stays = false;
				box.hidden = true;
				if (held && back) back.focus({ preventScroll: true });
			},
			mark() { light.setAttribute("aria-pressed", String(Boolean(self.id) && kept === self.id)); },
		};
		async function read(address) {
			try {
				const response = await fetch(address);
				const page = new DOMParser().parseFromString(await response.text(), "text/html");
				const article = page.querySelector("article.card");
				const head = article.querySelector("h1"), lower = make("h2", { id: head.id });
				lower.append(...head.childNodes);
				head.replaceWith(lower);
				return document.adoptNode(article);
			} catch { return null; }
		}
		function place(bar, x) {
			const at = rectOf(shapeOf(bar)), view = rectOf(frame);
			const { width, height } = rectOf(box);
			if (matchMedia("(max-width: 36rem)").matches) {
				box.style.left = box.style.top = "";
				const hidden = at.bottom + 24 - (innerHeight - height);
				if (hidden > 0) scrollBy({ top: hidden, behavior: "instant" });
				return;
			}
			const left = Math.max(at.left, view.left + 8, x + 16), below = at.bottom + 10;
			const fits = below + height < innerHeight - 8;
			box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 16))}px`;
			box.style.top = `${fits ? below : Math.max(8, at.top - height - 24)}px`;
		}
		/* Whoever goes on with the Tab key is not left with a card over what has the focus. */
		on(box, "focusout", event => { if (event.relatedTarget && !box.contains(event.relatedTarget)) self.close(); });
		on(box, "pointerenter", () => clearTimeout(leaving));
		on(box, "pointerleave", event => { if (event.pointerType === "mouse") self.leave(); });
		on(close, "click", () => self.close());
		on(light, "click", () => keep(kept === self.id ? "" : self.id));
		on(document, "keydown", event => { if (event.key === "Escape") { clearTimeout(waiting); self.close(); } });
		on(document, "pointerdown", event => {
			if (self.id && stays && !box.contains(event.target) && !barOf(event.target)) self.close();
		});
		on(frame, "scroll", () => { if (!stays) self.close(); }, { passive: true });
		return self;
	})();

	/* ---- Size: buttons, keys, Ctrl and wheel, pinch. The frame scrolls as ever ---- */
	const zoom = explorer && typeof Panzoom === "function" ? zooming() : null;
	function zooming() {
		const width = Number(svg.getAttribute("width")), height = Number(svg.getAttribute("height"));
		const output = does("one").firstElementChild;
		let scale = 1, busy = false, moving;
		// All of it; of a very long drawing its width.
		const whole = () => {
			const wide = frame.clientWidth / width, all = Math.min(wide, frame.clientHeight / height);
			return Math.min(all < 0.25 ? wide : all, 1);
		};
		/* Made when first asked for: its styles make the browser look at all of a drawing again. */
		let made;
		const pan = () => {
			made ??= Panzoom(svg, {
				noBind: true, overflow: "auto", cursor: "", touchAction: "pan-x pan-y", animate: false,
				step: 0.35, minScale: 0.05, maxScale: 4, handleStartEvent: () => {},
				setTransform: (_, at) => apply(at),
			});
			svg.style.userSelect = frame.style.userSelect = "";
			return made;
		};
		/* The library's place counts from the middle of the drawing; ours is where the frame stands. */
		function apply({ x, y, scale: to }) {
			busy = false;
			if (to !== scale) {
				scale = to;
				dress(svg, { width: width * to, height: height * to });
				output.textContent = `${Math.round(to * 100)}%`;
				strip.redraw(to);
			}
			frame.scrollLeft = -(width / 2 * (1 - to) + x * to);
			frame.scrollTop = -(height / 2 * (1 - to) + y * to);
		}
		function sync() {
			pan().pan(
				(-frame.scrollLeft - width / 2 * (1 - scale)) / scale,
				(-frame.scrollTop - height / 2 * (1 - scale)) / scale,
				{ force: true, silent: true },
			);
		}
		const at = (to, point) => {
			if (busy) return;
			busy = true;
			sync();
			pan().zoomToPoint(to, point);
			note();
		};
		const middle = () => {
			const view = rectOf(frame);
			return { clientX: view.left + view.width / 2, clientY: view.top + view.height / 2 };
		};
		const to = size => at(size, middle());
		const larger = () => to(scale * 1.25), smaller = () => to(scale / 1.25), natural = () => to(1);
			function note() {
			clearTimeout(moving);
			moving = setTimeout(() => remember("view", [frame.scrollLeft / scale, frame.scrollTop / scale, scale]
				.map(number => Number(number.toFixed(2))).join(",")), 300);
		}
		on(does("in"), "click", larger);
		on(does("out"), "click", smaller);
		on(does("one"), "click", natural);
		on(does("fit"), "click", () => to(whole()));
		on(frame, "wheel", event => {
			if (!event.ctrlKey && !event.metaKey) return;
			event.preventDefault();
			if (busy) return;
			busy = true;
			sync();
			pan().zoomWithWheel(event);
			note();
		}, { passive: false });

		const fingers = new Map();
		let start;
		on(frame, "pointerdown", event => {
			dragged = false;
			if (event.pointerType === "touch") {
				fingers.set(event.pointerId, event);
				if (fingers.size === 2) { sync(); for (const finger of fingers.values()) pan().handleDown(finger); }
			} else if (event.button === 0 && event.target !== frame) {
				start = event;
				sync();
				pan().handleDown(event);
			}
		});
		on(window, "pointermove", event => {
			if (fingers.has(event.pointerId) && fingers.size === 2 && !busy) {
				busy = dragged = true;
				pan().handleMove(event);
				note();
			} else if (start && event.pointerId === start.pointerId && event.buttons) {
				if (!dragged && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < 6) return;
				if (!dragged) { dragged = true; clearTimeout(waiting); pass(""); frame.classList.add("is-dragged"); }
				pan().handleMove(event);
				note();
			}
		});
		const end = event => {
			if ((fingers.delete(event.pointerId) || start) && made) made.handleUp(event);
			start = undefined;
			frame.classList.remove("is-dragged");
		};
		on(window, "pointerup", end);
		on(window, "pointercancel", end);

		/* As the address has it: the place and size of whoever sent it, else the body in question. */
		const view = (asked.get("view") || "").split(",").map(Number);
		requestAnimationFrame(() => setTimeout(() => {
			if (view.length === 3 && view.every(Number.isFinite) && view[2] > 0) {
				const size = Math.min(Math.max(view[2], 0.05), 4);
				pan().zoom(size, { force: true });
				requestAnimationFrame(() => frame.scrollTo(view[0] * size, view[1] * size));
			} else {
				const first = bars.get(asked.get("lit")) || focus;
				if (first) reveal(first, true, false);
				else pastTheFirst();
			}
		}));
		return { keys: { "+": larger, "=": larger, "-": smaller, 0: natural } };
	}

	/* ---- The axis stays in sight ---- */
	const ticks = [...svg.querySelectorAll(".axis text")].map(text => ({
		year: Number(text.textContent), x: Number(text.getAttribute("x")), y: Number(text.getAttribute("y")),
	})).filter(tick => tick.year);
	const strip = (() => {
		const along = down ? "x" : "y";
		const first = Math.min(...ticks.map(tick => tick[along]));
		const own = ticks.filter(tick => tick[along] === first);
		if (!explorer && !down || !own.length) return { redraw() {} };
		const drawn = draw("svg", { "aria-hidden": "true" });
		const holder = make("div", { class: `axis-strip ${down ? "is-down" : "is-across"}` }, drawn);
		frame.prepend(holder);
		const redraw = scale => {
			dress(drawn, { width: down ? 46 : svg.getAttribute("width"), height: down ? svg.getAttribute("height") : 30 });
			holder.hidden = down && svg.getAttribute("width") <= frame.clientWidth;
			let last = -Infinity;
			drawn.replaceChildren(...own.flatMap(tick => {
				const place = (down ? tick.y : tick.x) * scale;
				if (place - last < (down ? 16 : 40)) return [];
				last = place;
				const text = draw("text", down ? { x: 40, y: place, "text-anchor": "end" } : { x: place, y: 20, "text-anchor": "middle" });
				text.textContent = tick.year;
				return [text];
			}));
		};
		redraw(1);
		return { redraw };
	})();

	/* ---- Years: what existed in one ---- */
	if (explorer) years();
	function years() {
		const range = figure.querySelector("#chart-years"), output = figure.querySelector(".chart-tools output");
		const all = does("all-years");
		const starts = [...bars.values()].map(bar => Number(bar.dataset.start));
		const scale = () => {
			const { x0, perYear, from } = svg.dataset;
			if (x0 && perYear && from) return at => Number(x0) + (at - Number(from)) * Number(perYear);
			const own = ticks.filter(tick => tick.year), a = own[0], b = own.find(tick => tick.year !== a?.year);
			if (!b) return null;
			const along = down ? "y" : "x";
			return at => a[along] + (at - a.year) * (b[along] - a[along]) / (b.year - a.year);
		};
		const place = scale();
		range.min = Math.floor(Math.min(...starts, new Date().getFullYear()));
		range.max = new Date().getFullYear();
		let rule;
		function set(to, quiet) {
			year = to;
			all.hidden = !to;
			range.value = to || range.max;
			range.classList.toggle("is-set", Boolean(to));
			const there = to ? [...bars.values()].filter(bar => exists(bar, to)).length : 0;
			output.textContent = to ? `${to}: ${there} existed` : "all years";
			range.setAttribute("aria-valuetext", output.textContent);
			fill("year", to || "");
			if (rule) rule.remove();
			if (to && place) {
				const [, , width, height] = svg.getAttribute("viewBox").split(/\s+/).map(Number), at = place(to + 0.5);
				rule = draw("path", { class: "year-rule", d: down ? `M0 ${at}H${width}` : `M${at} 0V${height}` });
				svg.querySelector(".axis").after(rule);
			}
			shade();
			if (!quiet) remember("year", to ? String(to) : "");
		}
		const play = does("play");
		let playing = 0;
		function stop() {
			clearInterval(playing);
			playing = 0;
			play.textContent = "Play";
			play.setAttribute("aria-pressed", "false");
			remember("year", year ? String(year) : "");
		}
		on(play, "click", () => {
			if (playing) return stop();
			if (!year || year >= Number(range.max)) set(Number(range.min), true);
			play.textContent = "Stop";
			play.setAttribute("aria-pressed", "true");
			playing = setInterval(() => {
				if (year >= Number(range.max)) stop();
				else set(year + 1, true);
			}, 250);
		});
		on(range, "input", () => { if (playing) stop(); set(Number(range.value)); });
		on(all, "click", () => { if (playing) stop(); set(0); range.focus(); });
		set(Number(asked.get("year")) || 0, true);
	}

	/* ---- Find: by any name that a body ever had ---- */
	if (explorer) finding();
	function finding() {
		const field = document.querySelector("#chart-find");
		if (!field) return;
		const list = make("ul", { id: "chart-found", role: "listbox", "aria-label": "Bodies of that name", hidden: "" });
		dress(field, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "chart-found" });
		field.parentNode.append(list);
		let chosen = -1;
		const close = () => {
			list.hidden = true;
			chosen = -1;
			field.setAttribute("aria-expanded", "false");
			field.removeAttribute("aria-activedescendant");
		};
		async function offer() {
			await load();
			const words = fold(field.value).split(" ").filter(Boolean);
			const found = [];
			for (const body of words.length ? index.bodies.values() : []) {
				const by = [body.name, ...body.names].find(name => words.every(word => fold(name).includes(word)));
				if (by) found.push({ body, by, rank: ` ${fold(by)}`.includes(` ${words.join(" ")}`) ? fold(by).length : 1000 });
			}
			found.sort((a, b) => a.rank - b.rank || a.body.name.localeCompare(b.body.name));
			list.replaceChildren(...found.slice(0, 8).map(({ body, by }, number) => {
				const item = make("li", { role: "option", id: `chart-found-${number}`, "data-id": body.id, "aria-selected": "false" }, body.name);
				const beside = [by === body.name ? "" : by, body.place, body.years].filter(Boolean).join(", ");
				if (beside) item.append(" ", make("span", { class: "years" }, beside));
				return item;
			}));
			close();
			list.hidden = !found.length;
			field.setAttribute("aria-expanded", String(found.length > 0));
			if (words.length) say(found.length ? `${found.length} found.` : "Nothing in this chart bears that name.");
			return found;
		}
		const choose = id => {
			close();
			keep(id);
			figure.scrollIntoView({ block: "nearest", behavior: "instant" });
			go(id, true);
		};
		on(field, "focus", load, { once: true });
		on(field, "input", offer);
		on(field, "blur", () => setTimeout(close, 200));
		on(field, "keydown", async event => {
			const items = list.children;
			if (event.key === "Escape" && !list.hidden) { close(); event.preventDefault(); }
			else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && items.length && !list.hidden) {
				event.preventDefault();
				chosen = event.key === "ArrowDown" ? (chosen + 1) % items.length : (chosen > 0 ? chosen : items.length) - 1;
				[...items].forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
				field.setAttribute("aria-activedescendant", items[chosen].id);
			} else if (event.key === "Enter" && field.value.trim()) {
				event.preventDefault();
				const picked = chosen >= 0 && items[chosen].dataset.id;
				const found = picked ? [] : await offer();
				if (picked || found.length) choose(picked || found[0].body.id);
				else field.form.requestSubmit();
			}
		});
		on(list, "pointerdown", event => {
			const item = event.target.closest("li");
			event.preventDefault();
			if (item) choose(item.dataset.id);
		});
	}

	const first = asked.get("lit");
	if (explorer && bars.has(first)) { kept = first; shade(); }
	on(figure, "pointerenter", load, { once: true });
	on(figure, "focusin", load, { once: true });
}
})();
