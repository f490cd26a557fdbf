UPDATE tongguan.quota_window SET taken = taken + 1
WHERE cell_scheme = '$scheme' AND cell_week = '$week' AND quota = '$quota' AND starts = '$starts'
    AND dimensions = '$dimensions' AND taken + 1 <= capacity
RETURNING taken AS taken_$number \gset
