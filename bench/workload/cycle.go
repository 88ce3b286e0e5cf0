package workload

// The shares of a day's posts by local hour, in percent.
var (
	eveningHours = profile{2.9, 1.9, 1.2, 0.9, 0.8, 1.1, 2.0, 3.2, 3.9, 4.1, 4.2, 4.5, 5.0, 4.8, 4.5, 4.6, 4.9, 5.4, 6.1, 6.8, 7.4, 7.4, 6.5, 4.9}
	officeHours  = profile{1.7, 1.0, 0.7, 0.6, 0.8, 1.6, 3.2, 5.0, 6.3, 6.7, 6.6, 6.2, 6.1, 5.9, 5.9, 5.9, 5.7, 5.3, 4.9, 4.7, 4.6, 4.3, 3.6, 2.7}
)

// profile is a weight for each hour of the local day.
type profile [24]float64

// blend mixes the two habits and scales the result to mean 1.
func blend(office float64) profile {
	var p profile
	sum := 0.0
	for h := range p {
		p[h] = eveningHours[h] + float64(office*(officeHours[h]-eveningHours[h]))
		sum += p[h]
	}
	for h := range p {
		p[h] *= 24 / sum
	}
	return p
}

// at returns the weight at a local hour in [0, 24), interpolated between the
// middles of the hours.
func (p *profile) at(hour float64) float64 {
	x := hour + 23.5
	i := int(x)
	lo, hi := p[i%24], p[(i+1)%24]
	return lo + float64((hi-lo)*(x-float64(i)))
}

// local returns the weekday (0 is Sunday) and the hour in [0, 24) that clocks show
// which are utc hours ahead, at a Unix time in seconds.
func local(unix int64, utc int) (weekday int, hour float64) {
	const day = 24 * 3600
	unix += int64(utc) * 3600
	days := unix / day
	return int((days + 4) % 7), float64(unix%day) / 3600
}
