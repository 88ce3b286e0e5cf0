package detect

import "math"

// Baseline is what is usual for one term on one platform: its share of the
// platform's activity, how its day and week differ from the platform's, how
// much more it scatters than a Poisson count would, and what its last four
// weeks looked like. It is a plain value of about 220 bytes without pointers.
//
// Its unit is the voice: a fresh author counts 1, and posts by authors already
// counted add Options.RepeatWeight each, up to Options.Concentration posts per
// author. The zero value is a term that was never seen. A Baseline belongs to one
// goroutine.
type Baseline struct {
	voices   float32     // decayed voices
	authors  float32     // decayed fresh authors
	posts    float32     // decayed posts
	exposure float32     // decayed platform authors over the same hours
	hours    [24]float32 // factor-1 by hour of day, relative to the platform
	days     [7]float32  // factor-1 by weekday
	scatter  [3]scatter  // at 1, 6 and 24 hours
	partial  [2]partial  // running sums of the 6 and 24 hour scales
	history  history
	last     int32 // last hour learned; 0: none
}

// scatter holds the moments from which overdispersion is estimated.
type scatter struct{ excess, square float32 }

// partial is an unfinished block of hours.
type partial struct{ seen, expected float32 }

// Priors of a term. A new term is expected to bring priorVoices in priorHours
// average hours; a factor needs factorShape voices before it moves half way.
const (
	priorVoices = 0.1
	priorHours  = 5
	factorShape = 4
	dayShape    = 4
	priorPhi    = 0.06
	phiShape    = 20
	minPhi      = 0.01
	maxPhi      = 4
	winsorSD    = 4
	winsorPad   = 3
)

// scatterKeep is the decay of the scatter per block of 1, 6 and 24 hours:
// half-life 14 days, for second moments need more data than means.
var scatterKeep = [3]float32{
	float32(math.Exp2(-1.0 / (14 * 24))), float32(math.Exp2(-6.0 / (14 * 24))), float32(math.Exp2(-1.0 / 14)),
}

// Learn takes in one whole hour: posts, and fresh authors in half units. The
// caller does so once an hour for every tracked term, with the hour that has
// just left the guard band: f.Hour-Guard. Hours outside the frame, hours not
// newer than the last one learned and hours in which the source was mostly down
// teach nothing. Cost: about 0.1 µs.
func (b *Baseline) Learn(f *Frame, hour int64, posts, fresh uint32) {
	exposure, covered := f.Expected(hour), f.Covered(hour)
	if int64(int32(hour)) != hour || int32(hour) <= b.last && b.last != 0 || covered < 0.5 || exposure == 0 {
		return
	}
	b.history.roll(hour)
	b.last = int32(hour)
	exposure *= covered
	authors := float64(fresh) / 2
	seen := f.weigh.voices(authors, float64(posts))
	b.history.add(authors)

	mu := b.expect(f, hour, exposure)
	x := min(seen, mu+winsorSD*math.Sqrt(mu+mu*mu*b.phi(0))+winsorPad)
	b.learnScatter(hour, x, mu)
	b.learnFactors(f, hour, x, mu, exposure)

	taken := float32(1)
	if seen > 0 {
		taken = float32(x / seen)
	}
	keep := f.rateKeep
	b.voices = b.voices*keep + float32(x)
	b.authors = b.authors*keep + float32(authors)*taken
	b.posts = b.posts*keep + float32(posts)*taken
	b.exposure = b.exposure*keep + float32(exposure)
}

// weigh says how posts by authors already counted add to the evidence.
type weigh struct{ repeat, most float64 }

func (o *Options) weigh() weigh { return weigh{o.RepeatWeight, o.Concentration - 1} }

// voices returns what authors distinct people with that many posts weigh.
func (w weigh) voices(authors, posts float64) float64 {
	return authors + w.repeat*max(0, min(posts-authors, w.most*authors))
}

// learnFactors is the recursion of a gamma posterior's mean: the gain is the
// news against what is already known. Known is not stored but follows from the
// decayed voices, spread over the cells.
func (b *Baseline) learnFactors(f *Frame, hour int64, x, mu, exposure float64) {
	if mu <= 0 || f.flat {
		return
	}
	h, d := &b.hours[hourOfDay(hour)], &b.days[weekday(hour)]
	flat := mu / ((1 + float64(*h)) * (1 + float64(*d)))
	onHour, onDay := flat*(1+float64(*d)), flat*(1+float64(*h))
	place := 1.0
	if f.Level > 0 {
		place = exposure / f.Level
	}
	knownHour := factorShape + float64(b.voices)/24*place
	knownDay := dayShape + 3*float64(b.voices)/7
	*h += float32(onHour / (knownHour + onHour) * (x/onHour - 1 - float64(*h)))
	*d += float32(onDay / (knownDay + onDay) * (x/onDay - 1 - float64(*d)))
}

// learnScatter adds the hour's squared residual at each scale.
func (b *Baseline) learnScatter(hour int64, x, mu float64) {
	b.scatter[0].add(x, mu, scatterKeep[0])
	for i, block := range [2]int64{6, 24} {
		p := &b.partial[i]
		p.seen += float32(x)
		p.expected += float32(mu)
		if (hour+1)%block == 0 {
			b.scatter[i+1].add(float64(p.seen), float64(p.expected), scatterKeep[i+1])
			*p = partial{}
		}
	}
}

func (s *scatter) add(x, mu float64, keep float32) {
	s.excess = s.excess*keep + float32((x-mu)*(x-mu)-mu)
	s.square = s.square*keep + float32(mu*mu)
}

// phi returns the overdispersion at scale 0 (1 h), 1 (6 h) or 2 (24 h): the
// variance of a count with mean m is m + phi·m². A moment estimate, shrunk to a
// prior and clipped.
func (b *Baseline) phi(scale int) float64 {
	s := b.scatter[scale]
	return max(minPhi, min(maxPhi, (float64(s.excess)+phiShape*priorPhi)/(float64(s.square)+phiShape)))
}

// rate returns the expected voices for one author of the whole platform.
func (b *Baseline) rate(f *Frame) float64 {
	den := float64(b.exposure) + priorHours*max(f.Level, 1)
	return (float64(b.voices) + priorVoices) / den
}

// expect returns the expected voices while the platform is expected to bring
// exposure authors around that hour.
func (b *Baseline) expect(f *Frame, hour int64, exposure float64) float64 {
	return b.rate(f) * exposure * b.factor(hour)
}

// factor returns how the term's hour differs from the platform's.
func (b *Baseline) factor(hour int64) float64 {
	return (1 + float64(b.hours[hourOfDay(hour)])) * (1 + float64(b.days[weekday(hour)]))
}

// authorShare returns the term's fresh authors per voice, postShare its posts per
// voice; both are 1 until something else is known.
func (b *Baseline) authorShare() float64 {
	return (float64(b.authors) + 2) / (float64(b.voices) + 2)
}

// authorRatio returns the term's usual fresh authors per post, shrunk to the
// platform's, at least leastRatio: where a few accounts write nearly everything, any
// handful of others would be a wonder without a bound.
func (b *Baseline) authorRatio(platform float64) float64 {
	const posts = 10
	return max(leastRatio, min(1, (float64(b.authors)+posts*platform)/(float64(b.posts)+posts)))
}

const leastRatio = 0.05

func (b *Baseline) postShare() float64 { return (float64(b.posts) + 2) / (float64(b.voices) + 2) }

// Rate returns the term's usual fresh authors in an average hour of the platform.
func (b *Baseline) Rate(f *Frame) float64 { return b.rate(f) * f.Level * b.authorShare() }
