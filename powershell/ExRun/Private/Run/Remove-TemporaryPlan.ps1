function Remove-TemporaryPlan {
    <#
    .SYNOPSIS
        Deletes a plan that nobody keeps, and the folder of its photos beside it.
    #>
    [CmdletBinding()]
    param(
        [AllowNull()] [AllowEmptyString()] [string] $Path
    )

    if (-not $Path) { return }
    [System.IO.File]::Delete($Path)
    $photos = [System.IO.Path]::ChangeExtension($Path, 'photos')
    if ([System.IO.Directory]::Exists($photos)) { [System.IO.Directory]::Delete($photos, $true) }
}
