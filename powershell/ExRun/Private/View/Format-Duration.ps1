function Format-Duration {
    <#
    .SYNOPSIS
        How long something took, for a person to read.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Duration)

    if ($Duration -isnot [timespan]) { return Format-OneLine -Value $Duration }
    if ($Duration.TotalMinutes -lt 1) { return '{0:N1} s' -f $Duration.TotalSeconds }
    $clock = $Duration.ToString('hh\:mm\:ss', [cultureinfo]::InvariantCulture)
    if ($Duration.TotalDays -lt 1) { return $clock }
    return '{0} d {1}' -f $Duration.Days, $clock
}
