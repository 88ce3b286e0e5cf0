package term

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSoundTerm(t *testing.T) {
	const (
		isrc = "USUM72401994"
		mbid = "8F3471B5-7E6A-48DA-86A9-C1C07A0F47AE"
	)
	tests := []struct {
		platform     string
		ref          SoundRef
		key, display string // no term where key is empty
	}{
		// The surest identity wins.
		{"tiktok", SoundRef{ID: "701", ISRC: isrc, MBID: mbid, Title: "Espresso", Artist: "Sabrina Carpenter"}, "isrc:usum72401994", "Sabrina Carpenter – Espresso"},
		{"tiktok", SoundRef{ID: "701", MBID: mbid, Title: "Espresso"}, "mbid:8f3471b5-7e6a-48da-86a9-c1c07a0f47ae", "Espresso"},
		{"tiktok", SoundRef{ID: "701", Title: "Espresso"}, "id:tiktok:701", "Espresso"},
		{"youtube", SoundRef{ID: "dQw4w9WgXcQ"}, "id:youtube:dQw4w9WgXcQ", "id:youtube:dQw4w9WgXcQ"},
		{"", SoundRef{ID: " 7\x0001 "}, "id:unknown:701", "id:unknown:701"},
		{"tiktok", SoundRef{Title: "ESPRESSO ", Artist: " Sabrina  Carpenter"}, "name:sabrina carpenter␟espresso", "Sabrina  Carpenter – ESPRESSO"},
		{"tiktok", SoundRef{Title: "Espresso"}, "name:␟espresso", "Espresso"},
		{"tiktok", SoundRef{Title: "a␟b", Artist: "c␟d"}, "name:c d␟a b", "c␟d – a␟b"},

		// Identities that are none fall through to the next.
		{"x", SoundRef{ISRC: "us-um7-24-01994"}, "isrc:usum72401994", "isrc:usum72401994"},
		{"x", SoundRef{ISRC: "USUM7240199", Title: "t"}, "name:␟t", "t"},
		{"x", SoundRef{ISRC: "USUM724019945", Title: "t"}, "name:␟t", "t"},
		{"x", SoundRef{ISRC: "1SUM72401994", Title: "t"}, "name:␟t", "t"},
		{"x", SoundRef{ISRC: "USUM7240199X", Title: "t"}, "name:␟t", "t"},
		{"x", SoundRef{MBID: strings.ReplaceAll(mbid, "-", ""), Title: "t"}, "name:␟t", "t"},
		{"x", SoundRef{MBID: strings.Replace(mbid, "F", "G", 1), Title: "t"}, "name:␟t", "t"},
		{"x", SoundRef{ID: "\u200b", Title: "t"}, "name:␟t", "t"},

		// Sounds of their author.
		{"tiktok", SoundRef{Title: "nhạc nền - Daily Smile", Artist: "Daily Smile"}, "name:daily smile␟nhạc nền - daily smile", "nhạc nền - Daily Smile"},
		{"tiktok", SoundRef{Title: "original sound - alice"}, "name:␟original sound - alice", "original sound - alice"},
		{"tiktok", SoundRef{Title: "Original Sound", Artist: "alice"}, "name:alice␟original sound", "alice – Original Sound"},
		{"tiktok", SoundRef{Title: "son original – alice"}, "name:␟son original – alice", "son original – alice"},
		{"tiktok", SoundRef{ID: "702", Title: "original sound"}, "id:tiktok:702", "original sound"},
		{"tiktok", SoundRef{Title: "original sound"}, "", ""},
		{"tiktok", SoundRef{Title: "ORIGINAL  SOUND - "}, "", ""},
		{"tiktok", SoundRef{Title: "nhạc nền"}, "", ""},
		{"tiktok", SoundRef{Title: "オリジナル楽曲"}, "", ""},
		{"tiktok", SoundRef{Title: "original soundtrack"}, "name:␟original soundtrack", "original soundtrack"},

		// Nothing.
		{"tiktok", SoundRef{}, "", ""},
		{"tiktok", SoundRef{Artist: "alice"}, "", ""},
		{"tiktok", SoundRef{Title: "\u200b \x00"}, "", ""},
	}
	for _, tt := range tests {
		got, ok := SoundTerm(tt.platform, tt.ref)
		want := Term{}
		if tt.key != "" {
			want = Term{Sound, tt.key, tt.display}
		}
		if got != want || ok != (tt.key != "") {
			t.Errorf("SoundTerm(%q, %+v)\n got %+q, %t\nwant %+q", tt.platform, tt.ref, got, ok, want)
		}
		if ok && KeyOf(Sound, got.Key) != got.Key {
			t.Errorf("the key of %q is %q", got.Key, KeyOf(Sound, got.Key))
		}
	}
}

// TestSoundWordsAreKeys guards the word lists: what is no key matches nothing.
func TestSoundWordsAreKeys(t *testing.T) {
	words := slices.Concat(originalLabels, variantParts, slices.Collect(maps.Keys(variantWords)))
	for _, w := range words {
		if key(w) != w {
			t.Errorf("the key of %+q is %+q", w, key(w))
		}
	}
}

func TestSoundKeyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.Just(""), trickyString(), rapid.StringMatching(`[A-Z]{2}[A-Z0-9]{3}[0-9]{7}`), rapid.SampledFrom(originalLabels))
		ref := SoundRef{part.Draw(t, "id"), part.Draw(t, "isrc"), part.Draw(t, "mbid"), part.Draw(t, "title"), part.Draw(t, "artist")}
		sound, ok := SoundTerm("tiktok", ref)
		if !ok {
			return
		}
		if len(sound.Key) > MaxKeyBytes || !utf8.ValidString(sound.Key) || sound.Display == "" {
			t.Fatalf("%+q", sound)
		}
		if again := KeyOf(Sound, sound.Key); again != sound.Key {
			t.Fatalf("the key of %+q is %+q", sound.Key, again)
		}
		SoundGroupKey(ref)
	})
}

func TestSoundGroupKey(t *testing.T) {
	const espresso = "sabrina carpenter␟espresso"
	tests := []struct{ artist, title, want string }{
		{"Sabrina Carpenter", "Espresso", espresso},
		{"Sabrina Carpenter", "Espresso (sped up)", espresso},
		{"Sabrina Carpenter", "Espresso (Sped Up Version)", espresso},
		{"Sabrina Carpenter", "espresso - slowed + reverb", espresso},
		{"Sabrina Carpenter", "espresso slowed + reverb", espresso},
		{"Sabrina Carpenter", "Espresso sped up", espresso},
		{"Sabrina Carpenter", "Espresso [Nightcore]", espresso},
		{"Sabrina Carpenter", "Espresso (Remix) [slowed down]", espresso},
		{"Sabrina Carpenter", "Espresso - Live at Glastonbury", espresso},
		{"Sabrina Carpenter, DJ X", "Espresso （DJ X Remix）", espresso},
		{"Sabrina Carpenter feat. Y", "Espresso (feat. Y)", espresso},
		{"SABRINA CARPENTER & Y", "Espresso 8D (8D Audio)", "sabrina carpenter␟espresso 8d"},
		{"王宇宙Leto/乔浚丞", "城北的花（架子鼓版）", "王宇宙leto␟城北的花"},
		{"旺旺碎冰冰", "风铃（氛围版）（Cover 蒋孜怡）", "旺旺碎冰冰␟风铃"},
		{"Future & X", "Espresso", "future␟espresso"},
		{"The Features", "Espresso", "the features␟espresso"},
		{"Zy", "Take me hand（Zy版全网听）", "zy␟take me hand"},
		{"暴躁默", "最近(全网唯一正版)_暴躁默版", "暴躁默␟最近"},
		{"YOASOBI", "夜に駆ける【Piano ver.】", "yoasobi␟夜に駆ける"},
		{"米津玄師", "「Lemon」", "米津玄師␟「lemon」"},
		{"Beyoncé", "Déjà Vu", "beyonce␟deja vu"},
		{"", "Espresso", "␟espresso"},

		// What names no variant stays.
		{"The Rolling Stones", "(I Can't Get No) Satisfaction", "the rolling stones␟(i can't get no) satisfaction"},
		{"Nickelback", "Remix", "nickelback␟remix"},
		{"X", "(Remix)", "x␟(remix)"},
		{"X", "Speed", "x␟speed"},
		{"X", "Live Forever", "x␟live forever"},
		{"X", "Overdrive (Over)", "x␟overdrive (over)"},
		{"X", "unclosed (remix", "x␟unclosed (remix"},
		{"X", "Glow Up", "x␟glow up"},

		// No group.
		{"X", "", ""},
		{"alice", "original sound - alice", ""},
		{"", "nhạc nền", ""},
	}
	for _, tt := range tests {
		if got := SoundGroupKey(SoundRef{Title: tt.title, Artist: tt.artist}); got != tt.want {
			t.Errorf("SoundGroupKey(%q by %q) = %q, want %q", tt.title, tt.artist, got, tt.want)
		}
	}
}

func FuzzSoundGroup(f *testing.F) {
	f.Add("Espresso (sped up)", "Sabrina Carpenter")
	f.Add("（（版）_版 - ver.", "a/b")
	f.Add("sped up", " feat")
	f.Fuzz(func(t *testing.T, title, artist string) {
		got := SoundGroupKey(SoundRef{Title: title, Artist: artist})
		if !utf8.ValidString(got) || len(got) > 2*MaxKeyBytes+len(nameSep) {
			t.Fatalf("%q", got)
		}
		if got != "" && strings.HasSuffix(got, nameSep) {
			t.Fatalf("the group %q of %q has no title", got, title)
		}
	})
}
