package chart

import "html/template"

// lifetime is how many hours a trend lives at most, which is the width of its clock.
const lifetime = 72

// SVG draws it: what is gone as a thin line, what is surely left as a thick one, what may be left as a lighter one, and the
// middle as a tick.
func (c *Left) SVG() template.HTML {
	var w writer
	w.raw(`<svg class="c-left c-`, phaseClass(c.Phase), `" viewBox="0 0 72 12" preserveAspectRatio="none" role="img"><title>`).text(c.Label).raw("</title>")
	clip := func(x float64) float64 {
		x, _ = known(x)
		return max(0, min(lifetime, x))
	}
	age := clip(c.Age)
	w.raw(`<path class="ct" d="M0 6h72"/><path class="cm" d="M48 0v12M72 0v12"/>`)
	if age > 0 {
		w.raw(`<path class="cg" d="M0 6h`, age, `"/>`)
	}
	_, lowOK := known(c.Low)
	_, highOK := known(c.High)
	low, high := clip(age+c.Low), clip(age+c.High)
	if !lowOK || !highOK || high < low {
		return w.raw("</svg>").done()
	}
	if low > age {
		w.raw(`<path class="cs" d="M`, age, " 2h", low-age, `v8H`, age, `"/>`)
	}
	if high > low {
		w.raw(`<path class="cp" d="M`, low, " 2h", high-low, `v8H`, low, `"/>`)
	}
	if _, ok := known(c.Mid); ok && high > age {
		w.raw(`<path class="ck" d="M`, max(low, min(high, clip(age+c.Mid))), ` 0v12"/>`)
	}
	return w.raw("</svg>").done()
}
