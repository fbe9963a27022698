function Find-File {
    <#
    .SYNOPSIS
        The file system paths of the files that a path with wildcards means; ends the command where there is none.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    if (-not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($Path)) {
        return Resolve-ExistingFile -Cmdlet $Cmdlet -Path $Path
    }
    $failure = $null
    try {
        $provider = $null
        $found = $Cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath($Path, [ref] $provider)
        if ($found.Count -gt 0) { return $found }
        throw (New-ExRunException -Name 'File' -Target $Path -Message ('no file matches {0}' -f $Path))
    } catch {
        $failure = New-ErrorRecord -Cmdlet $Cmdlet -Failure $_
    }
    $Cmdlet.ThrowTerminatingError($failure)
}
