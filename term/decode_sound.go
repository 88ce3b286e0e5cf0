package term

func (d *Decoder) sound() (*SoundRef, *DecodeError) {
	if null, err := d.open("sound", jsonObject); null || err != nil {
		return nil, err
	}
	into := d.sounds.take()
	*into = SoundRef{}
	var seen fieldSet
	for more := d.r.open('}'); more; {
		name, err := d.r.name()
		if err != nil {
			return nil, err
		}
		f := soundName(name)
		if f != nameUnknown && !seen.add(f) {
			return nil, wrong(name, d.r.pos, "is given twice")
		}
		if err := d.soundField("sound", f, into); err != nil {
			return nil, err
		}
		if more, err = d.r.more('}'); err != nil {
			return nil, err
		}
	}
	if *into == (SoundRef{}) {
		d.sounds.put(into)
		return nil, nil
	}
	return into, nil
}

// soundField reads a field that names a sound, in "sound" or in a gauge's "term".
func (d *Decoder) soundField(parent string, f field, into *SoundRef) *DecodeError {
	var (
		err   *DecodeError
		limit = MaxFieldBytes
	)
	switch f {
	case nameID:
		into.ID, err = d.str("id", limit)
	case nameISRC:
		into.ISRC, err = d.str("isrc", limit)
	case nameMBID:
		into.MBID, err = d.str("mbid", limit)
	case nameTitle:
		into.Title, err = d.str("title", limit)
	case nameArtist:
		into.Artist, err = d.str("artist", limit)
	default:
		return d.r.skip(1)
	}
	if err != nil {
		return err.within(parent)
	}
	return nil
}
