function Select-Sign {
    <#
    .SYNOPSIS
        A text with signs, where the console's encoding can show them all; else what stands for it in ASCII.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Sign,
        [Parameter(Mandatory = $true)] [string] $Ascii,
        [System.Text.Encoding] $Encoding = [System.Console]::OutputEncoding
    )

    if ($Encoding.GetString($Encoding.GetBytes($Sign)) -ceq $Sign) { return $Sign }
    return $Ascii
}
