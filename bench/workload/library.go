package workload

import (
	"fmt"
	"math"

	"github.com/swell-radar/swell/term"
)

const (
	tagsPerRoot  = 24_000 // tags of a language that has all the volume, at scale 1
	songsPerTags = 6
	leastTags    = 200
)

// library is the ranked vocabulary of a language: a range of the world's tags
// and one of its songs.
type library struct {
	loc               *locale
	firstTag          int32
	tags              int
	firstSong         int32
	songs             int
	tagTail, songTail *alias
}

// song is one invented sound.
type song struct {
	title, artist string
	isrc          string // empty if it was never published
	rows          []*row
}

// songID returns the ID under which a platform knows the song of a number.
func songID(number int32, p *Platform) uint64 {
	const first, span = 7_000_000_000_000_000_000, 900_000_000_000_000_000
	return first + mix(uint64(number)^hashString(p.Name))%span
}

// ref returns the song as a record names it.
func (s *song) ref(id string) term.SoundRef {
	return term.SoundRef{ID: id, ISRC: s.isrc, Title: s.title, Artist: s.artist}
}

// world is everything that can be drawn: the tags and songs of all languages.
type world struct {
	names *namer
	tags  []tag
	songs []song
}

// newLibraries fills the world with the ordinary vocabulary of each language in
// use. Its size grows with the square root of the language's volume.
func newLibraries(cfg *Config, w *world) map[string]*library {
	volume, total := map[string]float64{}, 0.0
	for _, p := range cfg.Platforms {
		sum := 0.0
		for _, share := range p.Audience {
			sum += share.Weight
		}
		for _, share := range p.Audience {
			volume[share.Lang] += float64(p.PostsPerHour * share.Weight / sum)
		}
		total += p.PostsPerHour
	}
	libraries := map[string]*library{}
	for _, l := range locales() {
		if volume[l.lang] == 0 {
			continue
		}
		n := max(leastTags, int(tagsPerRoot*math.Sqrt(cfg.Scale*volume[l.lang]/total)))
		lib := &library{loc: l, firstTag: int32(len(w.tags)), tags: n, firstSong: int32(len(w.songs)), songs: n / songsPerTags}
		for range lib.tags {
			w.tags = append(w.tags, w.names.tag(l))
		}
		for range lib.songs {
			w.songs = append(w.songs, w.newSong(l, w.songs[lib.firstSong:]))
		}
		lib.tagTail, lib.songTail = newTail(lib.tags), newTail(lib.songs)
		libraries[l.lang] = lib
	}
	return libraries
}

// newSong invents a song, or an unofficial version of an earlier one, or a sound
// that somebody recorded for a post.
func (w *world) newSong(l *locale, earlier []song) song {
	s := w.names.s
	switch {
	case len(earlier) > 0 && s.chance(0.1):
		of := earlier[s.below(len(earlier))]
		if of.isrc != "" {
			version := [...]string{" (sped up)", " (slowed + reverb)", " - sped up version"}[s.below(3)]
			return song{title: of.title + version, artist: of.artist}
		}
	case s.chance(0.25):
		by := w.names.name(l)
		return song{title: "original sound - " + by, artist: by}
	}
	return w.publish(l)
}

// publish invents a song with artist, and for most with an ISRC of no country.
func (w *world) publish(l *locale) song {
	s := w.names.s
	made := song{title: w.names.title(l), artist: w.names.title(l)}
	if s.chance(0.6) {
		made.isrc = fmt.Sprintf("ZZSWL%02d%05d", 20+s.below(7), len(w.songs)%100_000)
	}
	return made
}

// newTag adds a tag to the world and returns its number.
func (w *world) newTag(t tag) int32 {
	w.tags = append(w.tags, t)
	return int32(len(w.tags) - 1)
}
