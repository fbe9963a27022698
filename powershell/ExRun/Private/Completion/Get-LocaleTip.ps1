function Get-LocaleTip {
    <#
    .SYNOPSIS
        What the languages are called, as far as this system knows them.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    $tips = @{}
    foreach ($culture in [System.Globalization.CultureInfo]::GetCultures('SpecificCultures')) { $tips[$culture.Name] = $culture.DisplayName }
    return $tips
}
