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

    $Path = Get-PastedText -Path -Text $Path
    if (-not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($Path)) {
        return Resolve-ExistingFile -Cmdlet $Cmdlet -Path $Path
    }
    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        # A file of exactly this name, with brackets in it, goes before a pattern.
        $exact = Resolve-FilePath -Cmdlet $Cmdlet -Path $Path
        if ([System.IO.File]::Exists($exact)) { return $exact }
        # In the caller's scope, as Resolve-FilePath does.
        $state = $Cmdlet.SessionState
        $resolve = [scriptblock]::Create('$args[0].Path.GetResolvedProviderPathFromPSPath($args[1], $args[2])')
        $found = @($state.InvokeCommand.InvokeScript($state, $resolve, @($state, $Path, ([ref] $null))))
        if ($found.Count -gt 0) { return $found }
        Stop-Attempt (New-ExRunException -Name 'File' -Target $Path -Message ('no file matches {0}' -f $Path))
    }
}
