package term

// SoundTerm returns the term of a sound seen on a platform.
func SoundTerm(platform string, ref SoundRef) (Term, bool) {
	key := "name:" + KeyOf(Keyword, ref.Artist) + "␟" + KeyOf(Keyword, ref.Title)
	return Term{Kind: Sound, Key: key, Display: ref.Title}, ref.Title != ""
}

// SoundGroupKey returns the key under which the variants of a sound are shown together.
func SoundGroupKey(ref SoundRef) string { return ref.Artist + "␟" + ref.Title }
